// swift-tools-version: 6.2
import PackageDescription

/// Our own code: Swift 6 mode is the tools version's default, and no warning is let through.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// The same where C is called: each unsafe use says so.
let strictAboutMemory: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
  name: "eosin",
  products: [
    .executable(name: "eosin", targets: ["eosin"]),
    .library(
      name: "EosinKit",
      targets: ["Workbench", "Viewer", "Evaluation", "Models", "TensorCore", "Sections", "Drawing"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.7.0")
  ],
  targets: [
    // The commands, and the generator of SampleData.
    .executableTarget(
      name: "eosin",
      dependencies: [
        "Curses", "Viewer", "Workbench", "CSystem",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "make-sample-data", dependencies: ["Images", "CDeflate"],
      path: "Sources/MakeSampleData", swiftSettings: strict),

    // The house, from the roof down: imports point to later lines only.
    .target(
      name: "Curses", dependencies: ["Drawing", "CNcurses", "CSystem"],
      swiftSettings: strictAboutMemory),
    .target(
      name: "Viewer", dependencies: ["Workbench", "Evaluation", "Sections", "Drawing"],
      swiftSettings: strict),
    .target(
      name: "Workbench",
      dependencies: ["Evaluation", "Models", "TensorCore", "Sections", "Drawing"],
      swiftSettings: strict),
    .target(
      name: "Evaluation", dependencies: ["TensorCore", "COpenBLAS"], swiftSettings: strict),
    .target(
      name: "Models", dependencies: ["TensorCore", "Sections", "CDeflate"],
      swiftSettings: strictAboutMemory),
    .target(
      name: "TensorCore", dependencies: ["CKernels", "COpenBLAS"],
      swiftSettings: strictAboutMemory),
    .target(
      name: "Sections", dependencies: ["HDF5", "Images", "CDeflate", "CSnappy", "CZstd"],
      swiftSettings: strict),
    .target(name: "Drawing", dependencies: ["Images", "CResources"], swiftSettings: strict),
    .target(
      name: "Images", dependencies: ["CPNG", "CTurboJPEG", "CJPEG", "CTIFF", "COpenSlide"],
      swiftSettings: strict),
    .target(
      name: "HDF5", dependencies: ["CHDF5", "CDeflate"], swiftSettings: strictAboutMemory),

    // One shim a library: module map and small C wrappers.
    .target(
      name: "CNcurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(name: "CSystem"),
    .target(name: "CResources", exclude: ["font"]),
    .target(name: "CKernels"),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate"),
    .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg"),
    .target(
      name: "CPNG", dependencies: ["CLibPNG"], linkerSettings: [.linkedLibrary("png")]),
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng"),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .target(name: "CTIFF", dependencies: ["CLibTIFF"]),
    .systemLibrary(name: "CLibTIFF", pkgConfig: "libtiff-4"),
    .systemLibrary(name: "COpenSlide", pkgConfig: "openslide"),
    .target(name: "CHDF5", dependencies: ["CLibHDF5"]),
    .systemLibrary(name: "CLibHDF5", pkgConfig: "hdf5"),
    .systemLibrary(name: "CSnappy"),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),

    // Tests: one target a module.
    .target(
      name: "TestSupport", dependencies: ["CPseudoTerminal"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .target(
      name: "CPseudoTerminal", path: "Tests/CPseudoTerminal",
      linkerSettings: [.linkedLibrary("util")]),
    .testTarget(
      name: "ImagesTests", dependencies: ["Images", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "HDF5Tests", dependencies: ["HDF5", "TestSupport"], resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "SectionsTests", dependencies: ["Sections", "HDF5", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "TensorCore", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "TensorCoreTests", dependencies: ["TensorCore", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ModelsTests", dependencies: ["Models", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "DrawingTests", dependencies: ["Drawing", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "CursesTests", dependencies: ["Curses", "TestSupport", "terminal-probe"],
      swiftSettings: strict),
    // Run in a pseudo-terminal by CursesTests: draws, names what it is sent, crashes on demand.
    .executableTarget(
      name: "terminal-probe", dependencies: ["Curses", "Drawing", "CSystem"],
      path: "Tests/TerminalProbe", swiftSettings: strict),
    .testTarget(
      name: "ViewerTests", dependencies: ["Viewer", "TensorCore", "TestSupport"],
      exclude: ["Snapshots"], swiftSettings: strict),
    .testTarget(
      name: "WorkbenchTests", dependencies: ["Workbench", "Models", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "EosinTests", dependencies: ["eosin", "TestSupport"], swiftSettings: strict),
  ]
)
