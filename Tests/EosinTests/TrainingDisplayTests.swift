import Testing
import Workbench

@testable import eosin

@Suite struct TrainingDisplayTests {
  private var progress: TrainingProgress {
    var progress = TrainingProgress(stage: "thitogene without C2")
    (progress.epoch, progress.epochs, progress.step, progress.steps) = (11, 300, 46, 1200)
    (progress.loss, progress.learningRate) = (0.041234, 1e-5)
    progress.secondsPerStep = 0.51
    return progress
  }

  @Test func `a wide terminal shows all, a narrow one what matters, none wraps`() {
    #expect(
      TrainingDisplay.bar(progress, columns: 120)
        == "thitogene without C2  ━─────────────────────────────  epoch 12/300  loss 0.04123  "
        + "rate 1e-05  0.51 s/step  9:49 left")
    #expect(
      TrainingDisplay.bar(progress, columns: 80)
        == "─────────────  epoch 12/300  loss 0.04123  rate 1e-05  0.51 s/step  9:49 left")
    #expect(
      TrainingDisplay.bar(progress, columns: 60)
        == "──────────────────  epoch 12/300  loss 0.04123  9:49 left")
    for columns in 0..<140 {
      #expect(TrainingDisplay.bar(progress, columns: columns).count <= max(0, columns - 3))
    }
  }

  @Test func `a score on what is held out is called watched, and looked at in a log`() {
    var watched = progress
    watched.heldOutCorrelation = 0.21
    watched.endsEpoch = true
    #expect(TrainingDisplay.bar(watched, columns: 120).contains("watched PCC 0.210"))
    #expect(
      TrainingDisplay.line(watched)
        == "thitogene without C2: epoch 11/300, loss 0.04123, rate 1e-05, 0.51 s/step, looked at "
        + "held-out PCC 0.210, 9:49 left")
  }

  @Test func `hours are told apart from minutes`() {
    var long = progress
    long.secondsPerStep = 10
    #expect(TrainingDisplay.line(long).hasSuffix("3:12:20 left"))
  }
}
