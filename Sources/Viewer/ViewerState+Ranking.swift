import Evaluation
import Sections
import Workbench

/// What genes are ranked by, and what has to be asked for first.
extension ViewerState {
  /// The ranked value of every gene, or nil while it is being computed and for names.
  var rankedValues: [Float]? {
    switch genes.ranking {
    case .name: nil
    case .mean: statistics?.mean
    case .variance: statistics?.variance
    case .moransI: moransI
    case .attainable: attainableValues
    case .pearson(let name): method(named: name)?.scores?.pearson
    case .significance(let name): method(named: name)?.scores?.minusLog10P
    case .gain, .share, .measure: workedOut
    }
  }

  /// The rankings on offer: those without a method, then by scores of each. Of more than four methods
  /// only the compared one's gains are: all pairs would be too many to look through.
  var rankings: [GeneRanking] {
    let names = methods.map(\.method.name)
    let compared = names.count > 4 ? comparedMethod?.method.name : nil
    let gains = names.filter { $0 == compared ?? $0 }.flatMap { name in
      names.filter { $0 != name }.map { GeneRanking.gain(name, over: $0) }
    }
    return GeneRanking.unnamed + names.map(GeneRanking.pearson) + names.map(GeneRanking.share)
      + gains + names.map(GeneRanking.significance)
  }

  mutating func rank(by ranking: GeneRanking) -> [ViewerEffect] {
    genes.ranking = ranking
    workOutRanking()
    genes.arrange(by: rankedValues)
    return rankingEffects()
  }

  /// Asks for what the ranking is by, where nobody has yet and no method has to be asked.
  mutating func rankingEffects() -> [ViewerEffect] {
    guard loaded != nil else { return [] }
    var effects: [ViewerEffect] = []
    let isTable = display == .genes
    if genes.ranking == .moransI || isTable, asked.insert(.moransI).inserted {
      effects.append(.computeMoransI(section: sectionIndex, normalization))
    }
    if ranksByAttainable || isTable, attainableMethod == nil, asked.insert(.attainable).inserted {
      effects.append(.computeAttainable(section: sectionIndex, normalization))
    }
    return effects
  }

  /// Works out what a ranking by gain, share or another measure ranks by, once its scores are there.
  mutating func workOutRanking() {
    switch genes.ranking {
    case .gain(let name, let other): workedOut = gain(of: name, over: other)
    case .share(let name): workedOut = method(named: name)?.scores?.shareOfGene
    case .measure(let measure, let name): workedOut = values(of: measure, method: name)
    default: workedOut = nil
    }
  }

  /// Orders the list anew where it is ordered by something of a method, or of the compared one.
  mutating func arrange(after name: String) {
    guard
      genes.ranking.methods.contains(name)
        || ranksByAttainable && attainableMethod?.method.name == name
    else { return }
    workOutRanking()
    genes.arrange(by: rankedValues)
  }

  private func gain(of name: String, over other: String) -> [Float]? {
    guard let better = method(named: name)?.scores?.pearson,
      let worse = method(named: other)?.scores?.pearson
    else { return nil }
    return zip(better, worse).map { $0 - $1 }
  }

  // MARK: Attainable

  var ranksByAttainable: Bool { genes.ranking == .attainable }

  /// The method under whose normalization it is told what could at best be reached: the compared
  /// one, as long as it can be scored.
  var attainableMethod: MethodView? {
    guard let view = comparedMethod else { return nil }
    switch view.atSpots {
    case .failed, .cancelled: return nil
    case .ready(let ready) where ready.layout != nil: return nil
    default: return view
    }
  }

  /// What each gene's correlation could at best be: as the compared method is scored, or under the
  /// normalization chosen where there is none. NaN where that cannot be told.
  var attainableValues: [Float]? {
    attainableMethod.map { $0.scores?.attainable } ?? attainable
  }
}

extension MethodScores {
  /// Each gene's correlation as a share of what it could at best be; NaN without either.
  var shareOfGene: [Float]? {
    attainable.map { zip(pearson, $0).map { $0 / $1 } }
  }
}
