// swift-tools-version: 6.2
import PackageDescription

/// Speed measured against what people use now. A package of its own, so that nothing here is
/// needed to build Eosin.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "eosin", path: "..")],
  targets: [
    .executableTarget(
      name: "Benchmarks",
      dependencies: [.product(name: "EosinKit", package: "eosin")],
      swiftSettings: [.treatAllWarnings(as: .error)])
  ]
)
