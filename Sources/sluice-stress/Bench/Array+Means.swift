extension [Double] {
    /// The mean of each so many in a row.
    /// - Precondition: their number is a multiple of it.
    func means(ofEach count: Int) -> [Double] {
        stride(from: 0, to: self.count, by: count).map { self[$0..<$0 + count].reduce(0, +) / Double(count) }
    }
}
