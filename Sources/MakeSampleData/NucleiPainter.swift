import Foundation

/// Paints nuclei: soft ragged ellipses with a darker rim, clumped chromatin and nucleoli.
struct NucleiPainter {
  private let noise: Noise
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    noise = Noise(seed: seed, stream: 41)
  }

  func paint(_ nuclei: [Nucleus], on planes: inout DyePlanes) {
    var generator = SeededGenerator(seed: seed, stream: 42)
    for nucleus in nuclei { paint(nucleus, &generator, on: &planes) }
  }

  private func paint(
    _ nucleus: Nucleus, _ generator: inout SeededGenerator, on planes: inout DyePlanes
  ) {
    let phase = Float(generator.uniform(0...6.28))
    let nucleolus = (
      u: Float(generator.uniform(-0.35...0.35)), v: Float(generator.uniform(-0.35...0.35))
    )
    let (c, s) = (cos(nucleus.angle), sin(nucleus.angle))
    let reach = Int(max(nucleus.length, nucleus.width) * 1.3) + 2
    // Vesicular tumour nuclei are paler inside than at the rim.
    let hollow: Float = nucleus.kind == .tumour && nucleus.darkness < 2 ? 0.24 : 0.08
    for row in Int(nucleus.y) - reach...Int(nucleus.y) + reach {
      for column in Int(nucleus.x) - reach...Int(nucleus.x) + reach {
        guard (0..<planes.side).contains(row), (0..<planes.side).contains(column) else { continue }
        let dx = Float(column) - nucleus.x
        let dy = Float(row) - nucleus.y
        let u = (dx * c + dy * s) / nucleus.length
        let v = (-dx * s + dy * c) / nucleus.width
        let turn = atan2(v, u)
        let outline = 1 + nucleus.raggedness * (sin(2 * turn + phase) + sin(3 * turn - 2 * phase))
        let depth = (u * u + v * v).squareRoot() / outline
        let softness = 0.9 / min(nucleus.length, nucleus.width)
        let cover = 1 - ramp(1 - softness, 1 + softness, depth)
        guard cover > 0 else { continue }
        let chromatin = 1 + 0.22 * noise(Float(column) / 2.7, Float(row) / 2.7)
        var density = nucleus.darkness * chromatin * (1 - hollow * (1 - ramp(0.3, 0.85, depth)))
        if nucleus.kind == .tumour, hypot(u - nucleolus.u, v - nucleolus.v) < 0.22 {
          density += 0.45
        }
        let index = row * planes.side + column
        planes.haematoxylin[index] = blend(planes.haematoxylin[index], density, cover)
        planes.eosin[index] *= 1 - 0.35 * cover
      }
    }
  }
}
