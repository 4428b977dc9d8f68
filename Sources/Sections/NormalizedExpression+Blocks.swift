extension NormalizedExpression {
  /// Goes through all genes a block at a time, each with the expression of its counts, and keeps what
  /// `body` makes of each block.
  ///
  /// A small section is one block. The blocks come in the order of their genes. Where a count of zero
  /// is no zero, a gene has an entry for every spot.
  public func mapBlocks<Result>(
    _ body: (_ genes: Range<Int>, _ block: SparseBlock) -> Result
  ) -> [Result] {
    let small = counts.entryCount > 4 * spotCount ? expressionOfSmallCounts() : nil
    let most = SparseMatrix.entriesOfBlock
    let parts =
      normalization.keepsZeros
      ? counts.geneBlocks() : (0..<counts.geneCount).cut(atMost: max(most / max(spotCount, 1), 1))
    return parts.map { genes in
      body(genes, normalized(counts.block(ofGenes: genes), small))
    }
  }

  /// Genes in any order with the expression of each of their counts.
  public func block(ofGenes genes: [Int]) -> SparseBlock {
    let block = counts.block(ofGenes: genes)
    return normalized(
      block, block.values.count > 4 * spotCount ? expressionOfSmallCounts() : nil)
  }

  private static let smallCounts = 16

  /// `[spots, smallCounts]`: most counts are small whole numbers, whose logarithms at each spot are
  /// taken once.
  private func expressionOfSmallCounts() -> [Float] {
    (0..<spotCount).flatMap { spot in
      (0..<Self.smallCounts).map { value(ofCount: Float($0), atSpot: spot) }
    }
  }

  private func normalized(_ block: SparseBlock, _ small: [Float]?) -> SparseBlock {
    let keepsCounts =
      normalization.target == nil && normalization.logarithm == .none && normalization.keepsZeros
    guard !keepsCounts else { return block }
    let block = normalization.keepsZeros ? block : block.filled()
    let kept = small == nil ? 0 : Self.smallCounts
    let table = small ?? []
    let smallValues = table.span
    let spots = block.spots.span
    let counts = block.values.span
    let values = [Float](unsafeUninitializedCapacity: counts.count) { filled, count in
      for entry in counts.indices {
        let spot = Int(spots[entry])
        let whole = counts[entry]
        // Comparing after conversion leaves fractions to the general path.
        if whole >= 0, whole < Float(kept), Float(Int(whole)) == whole {
          filled[entry] = smallValues[spot * kept + Int(whole)]
        } else {
          filled[entry] = value(ofCount: whole, atSpot: spot)
        }
      }
      count = counts.count
    }
    return SparseBlock(
      spotCount: block.spotCount, starts: block.starts, spots: block.spots, values: values)
  }
}

extension Range<Int> {
  /// The same in parts of a length at most, one where it is empty.
  fileprivate func cut(atMost length: Int) -> [Range<Int>] {
    guard !isEmpty else { return [self] }
    return stride(from: lowerBound, to: upperBound, by: length).map {
      $0..<Swift.min($0 + length, upperBound)
    }
  }
}
