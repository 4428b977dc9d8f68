import COpenBLAS

/// A matrix inside a tensor's memory: rows `stride` elements apart, read as its transpose if so
/// marked.
@unsafe struct Matrix {
  let start: UnsafePointer<Float>
  let stride: Int
  let transposed: Bool

  init(_ start: UnsafePointer<Float>, stride: Int, transposed: Bool = false) {
    unsafe self.start = start
    unsafe self.stride = stride
    unsafe self.transposed = transposed
  }

  /// The transpose of the same.
  var flipped: Matrix { unsafe Matrix(start, stride: stride, transposed: !transposed) }

  /// The same from row `row` on, rows counted as they are read.
  func dropping(rows row: Int) -> Matrix {
    unsafe Matrix(
      start + (transposed ? row : row * stride), stride: stride, transposed: transposed)
  }

  /// The same from column `column` on, columns counted as they are read.
  func dropping(columns column: Int) -> Matrix {
    unsafe Matrix(
      start + (transposed ? column * stride : column), stride: stride, transposed: transposed)
  }
}

/// Multiplications below which one more thread costs more than it brings.
let smallestProduct = 1 << 17

/// `out = a · b`, or `out += a · b`, on this thread; `size` is that of the product: rows, columns,
/// and the length of the sums.
///
/// Safety: the caller promises that all three matrices have that many rows and columns, and holds
/// OpenBLAS at one thread by ``withSingleThreadedBLAS(_:)``.
@unsafe func multiply(
  _ a: Matrix, _ b: Matrix, into out: UnsafeMutablePointer<Float>, stride: Int,
  _ size: (m: Int, n: Int, k: Int), scale: Float = 1, adding: Bool = false
) {
  let (m, n, k) = size
  guard m > 0, n > 0 else { return }
  if k == 0 {
    if !adding { for row in 0..<m { unsafe (out + row * stride).update(repeating: 0, count: n) } }
    return
  }
  // One row times a matrix: sgemv is 2 to 3 times faster than sgemm there.
  if m == 1, unsafe !a.transposed {
    let (rows, columns) = unsafe b.transposed ? (n, k) : (k, n)
    unsafe cblas_sgemv(
      CblasRowMajor, b.transposed ? CblasNoTrans : CblasTrans, Int32(rows), Int32(columns), scale,
      b.start, Int32(b.stride), a.start, 1, adding ? 1 : 0, out, 1)
    return
  }
  unsafe cblas_sgemm(
    CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
    b.transposed ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), scale, a.start,
    Int32(a.stride), b.start, Int32(b.stride), adding ? 1 : 0, out, Int32(stride))
}

/// The same on all threads, each of which makes some of the rows or columns.
///
/// Safety: the caller promises that all three matrices have as many rows and columns as `size`.
@unsafe func multiplyInParallel(
  _ a: Matrix, _ b: Matrix, into out: UnsafeMutablePointer<Float>, stride: Int,
  _ size: (m: Int, n: Int, k: Int), adding: Bool = false
) {
  let (m, n, k) = size
  withSingleThreadedBLAS {
    // Cuts lie between blocks of 16, which OpenBLAS's kernels work in.
    let longer = max(m, n)
    let smallest = max(smallestProduct / max(min(m, n) * k * 16, 1), 1)
    inParallel((longer + 15) / 16, smallest: smallest) { blocks in
      let part = blocks.lowerBound * 16..<min(blocks.upperBound * 16, longer)
      if n >= m {
        unsafe multiply(
          a, b.dropping(columns: part.lowerBound), into: out + part.lowerBound, stride: stride,
          (m, part.count, k), adding: adding)
      } else {
        unsafe multiply(
          a.dropping(rows: part.lowerBound), b, into: out + part.lowerBound * stride,
          stride: stride, (part.count, n, k), adding: adding)
      }
    }
  }
}
