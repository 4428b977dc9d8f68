import Foundation

/// How a cohort's scores came about, in sentences.
struct CohortProtocol {
  let request: CohortRequest
  let maps: [String]
  let clinical: ClinicalValues
  let patients: Int

  /// Split, choice of the epoch, training, what was seen, and how scores were made of it.
  var lines: [String] {
    [split, choice, training, sight] + (request.task == .prognosis ? [clinicalLine, scale] : [])
      + averaging
  }

  private var split: String {
    let seeds = request.seeds.map(String.init).joined(separator: ", ")
    let by = request.task == .prognosis ? "event" : "response"
    return
      "\(patients) patients, a slide each, in \(request.folds) folds with nearly equal shares of "
      + "each \(by), seed\(request.seeds.count == 1 ? "" : "s") \(seeds). A patient's "
      + "\(request.task == .prognosis ? "risk" : "response") is told by a "
      + "\(request.preset == .small ? "model fitted to" : "network trained on") the other folds."
  }

  private var choice: String {
    let recipe = request.recipe(seed: 0)
    switch request.preset {
    case .small:
      return
        "Nothing is chosen by the fold that is scored: the penalty is given, there are no epochs, and "
        + "the same split gives the same model."
    case .eosin:
      return
        "Each network is trained for \(recipe.epochs) epochs and the last one is kept: nothing "
        + "is chosen by the fold that is scored."
    case .released:
      let measure = request.task == .prognosis ? "concordance" : "accuracy"
      return
        "Of \(recipe.epochs) epochs the one with the best \(measure) on the scored fold itself is "
        + "kept, of those after the first \(recipe.uncountedEpochs), as HiST's released code does: "
        + "the choice has seen the patients it is scored on, so these scores are higher than new "
        + "patients would get."
    }
  }

  private var training: String {
    guard request.preset != .small else { return linear }
    let recipe = request.recipe(seed: 0)
    let rate =
      recipe.scalesWithBatches
      ? "a rate of \(recipe.learningRate) times the number of batches, divided by 256"
      : "a rate of \(recipe.learningRate)"
    let loss =
      switch (request.task, request.preset) {
      case (.response, _): "cross-entropy, rare classes weighed up"
      case (.prognosis, .small), (.prognosis, .eosin): "Breslow's partial likelihood"
      case (.prognosis, .released):
        "HiST's released loss, in which times do not enter: censored patients stand before those with "
          + "the event"
      }
    let step =
      recipe.patientsPerStep == 0
      ? "all patients in one step" : "\(recipe.patientsPerStep) patients a step"
    return
      "ConvNeXt V2 by \(loss), AdamW, \(rate), on half a cosine to \(recipe.lastRate), \(step)."
  }

  private var linear: String {
    let model =
      request.task == .prognosis
      ? "Cox's model by Breslow's partial likelihood" : "a softmax, rare classes weighed up"
    return
      "A linear model for small cohorts: \(model), with a ridge penalty of "
      + "\(request.pooled(seed: 0).penalty). Of each map it sees the mean over the slide, tiles weighed "
      + "by their haematoxylin, standardized by the patients it is fitted to."
  }

  private var sight: String {
    "It sees slides on a grid of 80 by 64 tiles: \(maps.joined(separator: "; "))."
  }

  private var clinicalLine: String {
    guard !clinical.names.isEmpty else { return "It sees no clinical values." }
    let filled =
      clinical.filled == 0
      ? "" : " \(clinical.filled) missing value\(clinical.filled == 1 ? " is" : "s are") the mean."
    return
      "It sees the clinical values \(clinical.names.joined(separator: ", ")), each less its mean "
      + "and divided by its deviation over all patients, those of the scored fold included; no "
      + "outcome enters that.\(filled)"
  }

  private var scale: String {
    "Risks of a \(request.preset == .small ? "model" : "network") are taken less the median of the "
      + "patients it learned from and divided by "
      + "their deviation, so that folds can be compared; higher risk is above that median."
  }

  private var averaging: [String] {
    request.seeds.count == 1
      ? [] : ["With \(request.seeds.count) seeds a patient's outcome is the mean over them."]
  }
}
