import Glibc
import Testing

@testable import TensorCore

@Suite struct MemoryReuseTests {
  @Test func `sizes hold what is needed and an eighth more at most`() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<64 {
      let needed = MemoryReuse.smallest + generator.nextIndex(below: 1 << 30)
      let size = MemoryReuse.size(for: needed)
      #expect(size >= needed && size <= needed + needed / 8 && size % 64 == 0)
      #expect(MemoryReuse.size(for: size) == size)
    }
    #expect(MemoryReuse.size(for: 1) == 64)
  }

  @Test func `tensors in memory used before hold their own numbers`() {
    let reuse = MemoryReuse()
    withExtendedLifetime(reuse) {
      for turn in 0..<8 {
        let tensors = (0..<4).map { Tensor(shape: [100_000 + $0], repeating: Float(turn + $0)) }
        for (index, tensor) in tensors.enumerated() {
          #expect(tensor[0] == Float(turn + index) && tensor[99_999] == Float(turn + index))
        }
      }
    }
  }

  @Test func `memory is kept while work goes on, past work within it`() {
    // Far larger than other tests' tensors, and never touched.
    let count = 70_000_000
    let isKept = reusingMemory {
      reusingMemory { _ = Storage(uninitialized: count) }
      let memory = MemoryReuse.take(MemoryReuse.size(for: 4 * count))
      free(memory)
      return memory != nil
    }
    #expect(isKept)
  }
}
