import Testing

@Test func `a first test`() { #expect(Bool(true)) }
