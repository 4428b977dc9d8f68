import Sections
import Workbench

extension ViewerState {
  /// What the methods and the tumour network shown knew of the section, below pictures that nobody can
  /// ask; nil without any.
  var protocolCaption: String? {
    guard let section = loaded?.section else { return nil }
    var names = Set(visiblePanels.compactMap(\.method))
    if visiblePanels.contains(where: { [.difference, .scatter, .drivers].contains($0) }) {
      names.formUnion([comparedMethod, referenceMethod].compactMap { $0?.method.name })
    }
    let shown = methods.filter { names.contains($0.method.name) }
    let tumour = visiblePanels.contains(.tumour) ? self.tumour?.map : nil
    guard !shown.isEmpty || tumour != nil else { return nil }
    func standing(_ view: MethodView) -> Standing {
      view.ready?.prediction.origin?.standing(
        ofSection: section.name, patient: section.patient) ?? .unknown
    }
    let parts = Standing.allCases.compactMap { one -> String? in
      let names = shown.filter { standing($0) == one }.map(\.method.name)
      return names.isEmpty ? nil : "\(names.joined(separator: ", ")): \(one.rawValue)"
    }
    let tumourParts = tumour.map { ["Tumour: \($0.standing.rawValue)"] } ?? []
    return (["Section \(section.name)"] + parts + tumourParts + ["Eosin \(Workbench.version)"])
      .joined(separator: "; ")
  }
}
