/// What makes a gene's counts rise and fall in the sample data.
enum Programme: String, CaseIterable, Sendable {
  case tumour, amplicon, lipid, proliferation
  case stroma, fat, immune, gland
  case housekeeping, random

  /// The sentence of the data set's README.
  var meaning: String {
    switch self {
    case .tumour: "share of cancer in the patch"
    case .amplicon: "share of cancer, with a level of its own for each patient"
    case .lipid: "share of cancer, more where the grade is low"
    case .proliferation: "number, size and darkness of tumour nuclei around the spot"
    case .stroma: "share of connective tissue"
    case .fat: "share of adipose tissue"
    case .immune: "number of lymphocytes around the spot"
    case .gland: "share of normal glands"
    case .housekeeping: "nothing: constant but for noise"
    case .random: "nothing seen in the image: chance at each spot and a level for each section"
    }
  }

  /// Whether anything in the image tells of it.
  var isVisible: Bool { self != .housekeeping && self != .random }
}

/// One gene of the panel.
struct PanelGene: Sendable {
  var symbol: String
  var programme: Programme
  /// Follows its programme loosely, with much noise of its own.
  var isWeak: Bool
}

/// The genes of the sample data, by programme; those after the bar follow theirs weakly.
///
/// Symbols are HGNC's. Which gene follows what is chosen after common knowledge of HER2-positive
/// breast cancer, not measured.
enum GenePanel {
  private static let symbols: [(programme: Programme, strong: String, weak: String)] = [
    (
      .tumour,
      "KRT8 KRT18 KRT19 EPCAM MUC1 CD24 CLDN4 GNAS XBP1 CDH1 SPINT2 AZGP1 TACSTD2 S100A14 CLDN3",
      "KRT7 ELF3 TFF3 AGR2 CEACAM6 S100P LCN2 BSG"
    ),
    (.amplicon, "ERBB2 GRB7 PGAP3 STARD3 MIEN1", "CDK12 PSMD3 MED1"),
    (.lipid, "FASN SCD ACACA FADS2", "HMGCS1 LDLR SREBF1"),
    (
      .proliferation, "MKI67 TOP2A UBE2C PCNA STMN1 TUBA1B H2AZ1 CCNB1 BIRC5 TYMS",
      "CDK1 HMGB2 MCM3 CENPF"
    ),
    (
      .stroma,
      "COL1A1 COL1A2 COL3A1 COL6A1 COL6A2 FN1 SPARC VIM DCN LUM POSTN BGN FBLN1 THY1 AEBP1",
      "TAGLN MMP2 CTSK SFRP2 IGFBP7 TIMP3"
    ),
    (.fat, "ADIPOQ FABP4 PLIN1 PLIN4 LPL CIDEC G0S2", "CD36 LEP AQP7"),
    (
      .immune,
      "IGKC IGHG1 IGHG3 JCHAIN CD74 HLA-DRA PTPRC CD3E CD3D CD2 TRAC CCL5 CXCL13 MS4A1 CD79A",
      "CXCL9 CXCL10 GZMK IL7R LTB C1QA C1QB LYZ"
    ),
    (.gland, "KRT14 KRT5 KRT17 OXTR MYLK KRT15", "LTF PIP SCGB2A2 ELF5"),
    (
      .housekeeping,
      "ACTB GAPDH B2M RPLP0 RPS18 RPL13A RPS6 RPL10 EEF1A1 TPT1 UBC PPIA HSP90AB1 TMSB4X FTL FTH1",
      "MT-CO1 MT-CO2 MT-CO3 MT-ND1 MT-ND4 MT-ATP6 MT-CYB"
    ),
    (
      .random,
      "MALAT1 NEAT1 XIST JUN FOS EGR1 HSPA1A HSPA1B DNAJB1 MT2A MT1X IER2 DUSP1 SOD2 NFKBIA",
      "HBB HBA2 HBA1 TXNIP DDIT4 HSPB1 ZFP36 ATF3 KLF6 KLF4 SLC2A1 VEGFA NDRG1"
    ),
  ]

  /// In alphabetical order.
  static let genes: [PanelGene] = symbols.flatMap { programme, strong, weak in
    strong.split(separator: " ").map {
      PanelGene(symbol: String($0), programme: programme, isWeak: false)
    }
      + weak.split(separator: " ").map {
        PanelGene(symbol: String($0), programme: programme, isWeak: true)
      }
  }.sorted { $0.symbol < $1.symbol }
}
