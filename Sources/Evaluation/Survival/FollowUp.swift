/// How long each patient was followed, and whether the event came at the end of it.
///
/// Times are in any one unit, finite, 0 or above. A patient without the event is censored: it came
/// later than the time, or never.
public struct FollowUp: Sendable, Hashable {
  /// How long each patient was followed.
  public let times: [Double]
  /// Whether the event came; false for a censored patient.
  public let events: [Bool]

  /// Takes a time and an event a patient.
  public init(times: [Double], events: [Bool]) {
    precondition(times.count == events.count, "\(times.count) times, \(events.count) events")
    precondition(
      times.allSatisfy { $0.isFinite && $0 >= 0 }, "times must be finite and 0 or above")
    self.times = times
    self.events = events
  }

  /// Patients followed.
  public var count: Int { times.count }
}

/// What happened at one time among all patients.
struct FollowUpMoment {
  let time: Double
  /// Patients followed until this time or longer.
  let atRisk: Int
  let events: Int
  let censored: Int
}

extension FollowUp {
  /// The distinct times, ascending, and what happened at each.
  ///
  /// A patient censored at a time counts as at risk of the events at the same time.
  var moments: [FollowUpMoment] {
    var moments: [FollowUpMoment] = []
    let order = times.indices.sorted { times[$0] < times[$1] }
    var next = 0
    while next < order.count {
      let time = times[order[next]]
      let atRisk = order.count - next
      var seen = 0
      while next < order.count, times[order[next]] == time {
        seen += events[order[next]] ? 1 : 0
        next += 1
      }
      let left = atRisk - (order.count - next)
      moments.append(
        FollowUpMoment(time: time, atRisk: atRisk, events: seen, censored: left - seen))
    }
    return moments
  }
}
