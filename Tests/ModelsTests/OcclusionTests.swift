import Images
import Sections
import Synchronization
import TensorCore
import TestSupport
import Testing

@testable import Models

/// Predicts, for its one gene, how dark a spot's patch is, and half as much of the next spot's.
private struct DarknessOfTwo: ExpressionModel {
  struct Configuration: ModelConfiguration {
    var genes = 1
    mutating func adopt(_ shapes: ParameterShapes) {}
  }

  static let entry = ModelEntry(
    DarknessOfTwo.self, name: "darkness", title: "Darkness", summary: "", source: "tests")
  let configuration = Configuration()
  var patchSidePixels: Int? { 20 }

  init(_ configuration: Configuration, _ parameters: inout Parameters) {}

  func predict(_ input: SectionInput, _ work: PredictionWork) throws(ModelError) -> Tensor {
    let dark = try input.encoded(PatchShape(side: 20, order: .channelRows), work) {
      255 - mean($0, over: [1], keepingAxes: true)
    }
    let next = gather(dark, input.spots.indices.map { ($0 + 1) % input.spots.count })
    return dark + next * 0.5  // [spots, 1]
  }
}

@Suite struct OcclusionTests {
  let folder: TemporaryFolder
  let input: SectionInput
  private let model: DarknessOfTwo

  init() throws {
    folder = try TemporaryFolder()
    input = try EncoderSample.input(in: folder)
    var parameters = Parameters(listing: ())
    model = DarknessOfTwo(.init(), &parameters)
  }

  @Test func `a spot's own patch and its neighbour's drive it, each by its share`() throws {
    let occlusion = Occlusion(model, input)
    #expect(occlusion.sidePixels == 20)
    let found = try occlusion.spots(driving: 0, at: 5, most: 16)
    let plain = try model.predict(input, PredictionWork())
    #expect(found.prediction == plain[5, 0] && found.drops.count == 16)
    let (own, next) = (try #require(found.drops[5]), try #require(found.drops[6]))
    #expect(abs(own + next - found.prediction) < 1e-3)
    #expect(own > 0 && next > 0)
    for spot in 0..<16 where spot != 5 && spot != 6 {
      #expect(abs(try #require(found.drops[spot])) < 1e-4)
    }
  }

  @Test func `no more patches are tried than asked for, the nearest first`() throws {
    let shares = Mutex<[Double]>([])
    let work = PredictionWork(report: { share in shares.withLock { $0.append(share) } })
    let found = try Occlusion(model, input).spots(driving: 0, at: 5, most: 3, work)
    #expect(found.drops.indices.filter { found.drops[$0] != nil } == [1, 4, 5])
    let heard = shares.withLock { $0 }
    #expect(heard == heard.sorted() && abs((heard.last ?? 0) - 1) < 1e-9)
    #expect(throws: ModelError.cancelled) {
      try Occlusion(model, input).spots(
        driving: 0, at: 5, PredictionWork(isCancelled: { true }))
    }
  }

  @Test func `the parts of a patch add up to it where the model does`() throws {
    let found = try Occlusion(model, input).parts(driving: 0, at: 5, side: 3)
    #expect(found.square == PixelRectangle(x: 50, y: 50, width: 20, height: 20))
    #expect(found.drops.count == 9)
    let whole = try Occlusion(model, input).spots(driving: 0, at: 5, most: 1).drops[5]
    #expect(abs(found.drops.reduce(0, +) - (try #require(whole))) < 1e-2)
  }

  @Test func `a model that sees spots one by one is asked again for those alone, to the same end`()
    throws
  {
    var configuration = try HESpotEx.configuration(HESpotExSectionTests.settings)
    configuration.encoder = EncoderSettings(CLIPImageEncoder.self, EncoderSample.clip)
    configuration.windowPitches = 1.5
    var parameters = Parameters(
      generator: SeededGenerator(seed: 2),
      given: try EncoderSample.checkpoint().frozen(file: "quilt.safetensors"))
    let model = HESpotEx(configuration, &parameters)
    let found = try Occlusion(model, input).spots(driving: 1, at: 6, most: 4)
    let plain = try model.predict(input, PredictionWork())
    #expect(found.drops.contains { abs($0 ?? 0) > 1e-6 })
    for spot in 0..<16 {
      guard let drop = found.drops[spot] else { continue }
      var white = input
      white.image = input.image.whitening(
        [Patches.window(around: input.spots[spot], side: Occlusion(model, input).sidePixels)])
      let whole = plain[6, 1] - (try model.predict(white, PredictionWork())[6, 1])
      #expect(abs(whole - drop) < 1e-5)
    }
  }

  @Test func `white is painted where it is asked for, at any reduction`() throws {
    let white = input.image.whitening([PixelRectangle(x: 10, y: 20, width: 30, height: 8)])
    let (before, after) = (try input.image.decoded(), try white.decoded())
    for (x, y) in [(10, 20), (39, 27), (25, 24)] { #expect(after[x, y] == (255, 255, 255)) }
    for (x, y) in [(9, 20), (40, 27), (10, 19), (10, 28)] {
      #expect(after[x, y] == before[x, y])
    }
    let part = try white.region(PixelRectangle(x: 30, y: 24, width: 20, height: 8), reducedBy: 4)
    #expect(part[0, 0] == (255, 255, 255) && part[4, 1] != (255, 255, 255))
    #expect(white != input.image)
  }
}
