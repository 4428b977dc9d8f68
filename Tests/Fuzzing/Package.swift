// swift-tools-version: 6.2
import PackageDescription

/// The readers' sources, linked to where they lie, so that they alone are instrumented.
let instrumented: [SwiftSetting] = [
  .unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])
]
let instrumentedC: [CSetting] = [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])]

let package = Package(
  name: "fuzzing",
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: ["Sections", "Models", "HDF5", "Images", "CDeflate", "CLibFuzzer"],
      swiftSettings: instrumented, linkerSettings: [.unsafeFlags(["-sanitize=address"])]),
    .target(name: "CLibFuzzer"),

    .target(
      name: "Models", dependencies: ["TensorCore", "Sections", "CDeflate"],
      swiftSettings: instrumented),
    .target(
      name: "Sections", dependencies: ["HDF5", "Images", "CDeflate", "CSnappy", "CZstd"],
      swiftSettings: instrumented),
    .target(
      name: "Images", dependencies: ["CPNG", "CTurboJPEG", "CJPEG", "CTIFF", "COpenSlide"],
      swiftSettings: instrumented),
    .target(name: "HDF5", dependencies: ["CHDF5", "CDeflate"], swiftSettings: instrumented),
    .target(name: "TensorCore", dependencies: ["CKernels", "COpenBLAS"]),

    .target(name: "CKernels"),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate"),
    .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg"),
    .target(
      name: "CPNG", dependencies: ["CLibPNG"], cSettings: instrumentedC,
      linkerSettings: [.linkedLibrary("png")]),
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng"),
    .target(
      name: "CJPEG", cSettings: instrumentedC, linkerSettings: [.linkedLibrary("jpeg")]),
    .target(name: "CTIFF", dependencies: ["CLibTIFF"], cSettings: instrumentedC),
    .systemLibrary(name: "CLibTIFF", pkgConfig: "libtiff-4"),
    .systemLibrary(name: "COpenSlide", pkgConfig: "openslide"),
    .target(
      name: "CHDF5", dependencies: ["CLibHDF5"], cSettings: instrumentedC,
      linkerSettings: [.linkedLibrary("lzf")]),
    .systemLibrary(name: "CLibHDF5", pkgConfig: "hdf5"),
    .systemLibrary(name: "CSnappy"),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd"),
  ]
)
