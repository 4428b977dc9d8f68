import CKernels
import Testing

@testable import TensorCore

@Suite struct WindowAttentionTests {
  /// Six tokens in two windows of three, in no order.
  private let windows = TokenWindows([[4, 0, 5], [2, 1, 3]], kinds: [1, 0])

  /// Step by step, from what attention is.
  private func plain(_ x: Tensor, heads: Int, scale: Float, bias: Tensor) -> Tensor {
    let (tokens, inner) = (x.shape[1], x.shape[2] / 3)
    let width = inner / heads
    let images = (0..<x.shape[0]).map { image in
      let all = x.slice(image..<image + 1, along: 0).reshaped(to: [tokens, 3 * inner])
      let mixed = zip([[4, 0, 5], [2, 1, 3]], [1, 0]).map { window, kind in
        let rows = gather(all, window)
        return concatenate(
          (0..<heads).map { head in
            let parts = (0..<3).map { part in
              let first = part * inner + head * width
              return rows.slice(first..<first + width, along: 1)
            }
            let own = bias.slice(kind..<kind + 1, along: 0).reshaped(to: [heads, 3, 3])
              .slice(head..<head + 1, along: 0).reshaped(to: [3, 3])
            let scores = matmul(parts[0], parts[1], transposingSecond: true) * scale + own
            return matmul(softmax(scores), parts[2])
          }, along: 1)
      }
      return gather(concatenate(mixed, along: 0), [1, 4, 3, 5, 0, 2])
    }
    return stack(images)
  }

  @Test func `both ways equal attention's single operations within 1e-5`() {
    let x = randomTensor([2, 6, 3 * 2 * 16])
    let bias = randomTensor([2, 2, 3, 3], seed: 8)
    let expected = plain(x, heads: 2, scale: 0.7, bias: bias)
    let fast = windowAttention(x, heads: 2, scale: 0.7, bias: bias, windows: windows)
    expectClose(fast, expected, tolerance: 1e-5, "without gradients")
    let tracked = windowAttention(x.tracked(), heads: 2, scale: 0.7, bias: bias, windows: windows)
    expectClose(tracked.detached, expected, tolerance: 1e-5, "with gradients")
    for level in 0..<eosin_tile_level() {
      expectClose(
        attended(x, heads: 2, scale: 0.7, bias: bias, windows, level: level), expected,
        tolerance: 1e-5, "level \(level)")
    }
  }

  @Test(arguments: [49, 64, 70]) func `windows of any size are mixed alike`(size: Int) {
    let order = (0..<2 * size).map { ($0 * 11 + 3) % (2 * size) }
    // 11 has no factor in common with these sizes: an order.
    let windows = TokenWindows([Array(order[..<size]), Array(order[size...])], kinds: [0, 0])
    let x = randomTensor([1, 2 * size, 3 * 32])
    let bias = randomTensor([1, 1, size, size], seed: 9)
    expectClose(
      windowAttention(x, heads: 1, scale: 0.2, bias: bias, windows: windows),
      windowAttention(x.tracked(), heads: 1, scale: 0.2, bias: bias, windows: windows).detached,
      tolerance: 1e-5)
  }

  @Test func `gradients of attention in windows, and of what is added to the scores`() {
    expectGradientsMatchDifferences([[2, 6, 12], [2, 2, 3, 3]]) {
      windowAttention($0[0], heads: 2, scale: 0.6, bias: $0[1], windows: windows)
    }
  }
}
