/// Pairs clusters with another partition's categories so that the most spots agree.
///
/// Each category goes to one cluster at most, and the number of spots whose cluster and category
/// are a pair is the largest possible. Gives for each cluster its category, or nil where none is
/// left or where the two share no spot. Meant for giving clusters the colours of known labels.
///
/// Source: the assignment problem, solved by shortest augmenting paths (Jonker and Volgenant,
/// Computing 1987) in O(clusters · (clusters + categories)²).
/// - Parameters:
///   - clusters: each spot's cluster, in `0..<clusterCount`, or nil.
///   - categories: each spot's category, in `0..<categoryCount`, or nil.
public func categoriesMatching(
  clusters: [Int?], clusterCount: Int, categories: [Int?], categoryCount: Int
) -> [Int?] {
  precondition(
    clusters.count == categories.count,
    "\(clusters.count) clusters against \(categories.count) categories")
  guard clusterCount > 0 else { return [] }
  // A column for every cluster to go without: overlap 0.
  let columns = categoryCount + clusterCount
  var overlap = [Int](repeating: 0, count: clusterCount * columns)
  for case (let cluster?, let category?) in zip(clusters, categories) {
    precondition(
      0..<clusterCount ~= cluster && 0..<categoryCount ~= category,
      "cluster \(cluster) of \(clusterCount), category \(category) of \(categoryCount)")
    overlap[cluster * columns + category] += 1
  }
  let assigned = cheapestAssignment(costs: overlap.map { -$0 }, rows: clusterCount)
  return assigned.enumerated().map { cluster, category in
    overlap[cluster * columns + category] > 0 ? category : nil
  }
}

/// The column of each row that makes the sum of costs the lowest; columns are used once.
///
/// Costs `[rows, columns]` with at least as many columns as rows. Rows join one at a time: each
/// looks for the cheapest path of swaps that ends in a free column, under potentials that keep
/// reduced costs at zero or above.
func cheapestAssignment(costs: [Int], rows: Int) -> [Int] {
  guard rows > 0 else { return [] }
  let columns = costs.count / rows
  precondition(columns >= rows, "\(rows) rows do not fit in \(columns) columns")
  var rowPotential = [Int](repeating: 0, count: rows)
  // One column more than there are: the last is where a new row starts from.
  let start = columns
  var columnPotential = [Int](repeating: 0, count: columns + 1)
  var rowOfColumn = [Int?](repeating: nil, count: columns + 1)

  for newRow in 0..<rows {
    rowOfColumn[start] = newRow
    var distance = [Int](repeating: .max, count: columns)
    var previous = [Int](repeating: start, count: columns)
    var visited = [Bool](repeating: false, count: columns + 1)
    var column = start
    while let row = rowOfColumn[column] {
      visited[column] = true
      var nearest = start
      var step = Int.max
      for next in 0..<columns where !visited[next] {
        let reduced = costs[row * columns + next] - rowPotential[row] - columnPotential[next]
        if reduced < distance[next] {
          distance[next] = reduced
          previous[next] = column
        }
        if distance[next] < step {
          step = distance[next]
          nearest = next
        }
      }
      for other in 0...columns {
        if visited[other], let owner = rowOfColumn[other] {
          rowPotential[owner] += step
          columnPotential[other] -= step
        } else if other < columns {
          distance[other] -= step
        }
      }
      column = nearest
    }
    while column != start {
      rowOfColumn[column] = rowOfColumn[previous[column]]
      column = previous[column]
    }
  }

  var columnOfRow = [Int](repeating: 0, count: rows)
  for column in 0..<columns {
    if let row = rowOfColumn[column] { columnOfRow[row] = column }
  }
  return columnOfRow
}
