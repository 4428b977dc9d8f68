import Foundation

/// Reads a whole file into memory.
///
/// - Parameter limit: the most bytes taken, so that a device without an end stops too.
/// - Throws: what the system said, in a sentence.
func readFileBytes(_ url: URL, limit: Int = 16 << 30) throws(SectionError) -> [UInt8] {
  let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SectionError(file: url, problem: openingProblem(errno)) }
  defer { close(descriptor) }
  var status = stat()
  fstat(descriptor, &status)
  if status.st_mode & S_IFMT == S_IFDIR {
    throw SectionError(file: url, problem: "is a folder, not a file. Name the file inside it.")
  }

  var bytes: [UInt8] = []
  // One more than the size, so that a file that did not grow ends in the first round.
  var room = max(Int(status.st_size) + 1, 1 << 16)
  while true {
    guard bytes.count <= limit else {
      throw SectionError(
        file: url, problem: "is larger than \(limit >> 20) MB, more than Eosin reads at once.")
    }
    var failure: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      // Safety: `read` is told how many bytes are left, and `count` never passes `buffer.count`.
      while count < buffer.count {
        let got = read(descriptor, buffer.baseAddress! + count, buffer.count - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        count += got
      }
    }
    if failure != 0 {
      throw SectionError(file: url, problem: "cannot be read: \(systemMessage(failure)).")
    }
    let isWhole = chunk.count < room
    if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
    if isWhole { return bytes }
    room = max(room, 1 << 20)
  }
}

/// The system's own words for an error number, such as `No such file or directory`.
func systemMessage(_ number: Int32) -> String { String(cString: strerror(number)) }

private func openingProblem(_ number: Int32) -> String {
  switch number {
  case ENOENT, ENOTDIR: "is not there. Check the path."
  case EACCES, EPERM: "may not be read by you. Ask for permission, or copy it."
  default: "cannot be opened: \(systemMessage(number))."
  }
}
