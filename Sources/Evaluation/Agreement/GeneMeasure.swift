/// A measure of how well a gene's prediction agrees with what was measured.
public enum GeneMeasure: String, Sendable, Hashable, Codable, CaseIterable {
  case pearson, pearsonMinusLog10P, spearman, spearmanMinusLog10P
  case rmse, nrmseRange, nrmseDeviation, mae
  case ssim, jensenShannon, auc, mutualInformation

  /// Its name in a menu or a legend.
  public var title: String {
    switch self {
    case .pearson: "Pearson correlation"
    case .pearsonMinusLog10P: "−log₁₀ p of Pearson"
    case .spearman: "Spearman correlation"
    case .spearmanMinusLog10P: "−log₁₀ p of Spearman"
    case .rmse: "root mean squared error"
    case .nrmseRange: "RMSE by range"
    case .nrmseDeviation: "RMSE by standard deviation"
    case .mae: "mean absolute error"
    case .ssim: "structural similarity"
    case .jensenShannon: "Jensen–Shannon divergence"
    case .auc: "area under the ROC curve"
    case .mutualInformation: "mutual information"
    }
  }

  /// A column's heading, at most eight characters.
  public var symbol: String {
    switch self {
    case .pearson: "PCC"
    case .pearsonMinusLog10P: "−lg p"
    case .spearman: "SCC"
    case .spearmanMinusLog10P: "−lg p S"
    case .rmse: "RMSE"
    case .nrmseRange: "NRMSE r"
    case .nrmseDeviation: "NRMSE sd"
    case .mae: "MAE"
    case .ssim: "SSIM"
    case .jensenShannon: "JS"
    case .auc: "AUC"
    case .mutualInformation: "MI"
    }
  }

  /// Whether a higher value means a better prediction; a lower one does for errors.
  public var isBetterHigher: Bool {
    switch self {
    case .rmse, .nrmseRange, .nrmseDeviation, .mae, .jensenShannon: false
    case .pearson, .pearsonMinusLog10P, .spearman, .spearmanMinusLog10P, .ssim, .auc,
      .mutualInformation:
      true
    }
  }

  /// One sentence with the formula, m standing for measured and p for predicted values.
  public var explanation: String {
    switch self {
    case .pearson:
      "How closely predicted and measured values lie on a rising line: "
        + "cov(m, p) / (sd(m) · sd(p)) over spots, −1 to 1."
    case .pearsonMinusLog10P:
      "How unlikely a Pearson correlation this far from 0 is by chance: −log₁₀ of its two-sided p."
    case .spearman:
      "How closely predicted and measured values rise together: "
        + "Pearson's correlation of their ranks, −1 to 1."
    case .spearmanMinusLog10P:
      "How unlikely a Spearman correlation this far from 0 is by chance: "
        + "−log₁₀ of its two-sided p."
    case .rmse:
      "The typical error, in units of expression: √mean((p − m)²)."
    case .nrmseRange:
      "The typical error as a share of the measured range: √mean((p − m)²) / (max(m) − min(m))."
    case .nrmseDeviation:
      "The typical error as a share of the measured spread: √mean((p − m)²) / sd(m), "
        + "about 1 for the mean alone."
    case .mae:
      "The mean distance from the measured value, in units of expression: mean(|p − m|)."
    case .ssim:
      "How alike the two pictures are in 256 levels, as one window: "
        + "(2 μm μp + C₁)(2 σmp + C₂) / ((μm² + μp² + C₁)(σm² + σp² + C₂)), −1 to 1."
    case .jensenShannon:
      "How differently expression is spread over spots, in bits: "
        + "½ KL(m ‖ h) + ½ KL(p ‖ h) of the shares, h their mean, 0 to 1."
    case .auc:
      "The chance that a spot with counts above the threshold is predicted higher than a spot "
        + "without: P(p₁ > p₀) + ½ P(p₁ = p₀), 0 to 1."
    case .mutualInformation:
      "How much one tells about the other, in bins of equal frequency: "
        + "MI(m, p) / √(H(m) · H(p)), 0 to 1."
    }
  }
}
