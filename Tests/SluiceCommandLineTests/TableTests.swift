import SluiceClient
import Testing

@testable import SluiceCommandLine

/// Tables on terminals of any width, and where there is none.
@Suite struct TableTests {
    private let plain = Terminal(isTerminal: false, width: nil, isColoured: false)
    private let rows = [[Cell("Ann"), Cell("30", isNumber: true), .missing], [Cell("漢"), Cell("7", isNumber: true), Cell("x")]]

    private func lines(width: Int?, _ terminal: Terminal) -> [String] {
        let table = Table(names: ["name", "age", "note"], sample: rows, width: width)
        return table.head(terminal) + rows.map { table.row($0, terminal) }
    }

    @Test func numbersStandOnTheRight() {
        #expect(lines(width: nil, plain) == ["name  age  note", "----  ---  ----", "Ann    30", "漢      7  x"])
    }

    @Test(arguments: 1...40)
    func fitsItsTerminal(_ width: Int) {
        for line in lines(width: width, plain) { #expect(DisplayText.width(line) <= max(width, 4), "\(line)") }
    }

    @Test func whatDoesNotFitIsNamed() {
        let table = Table(names: ["a", "b", "c"], sample: [[Cell("123456789"), Cell("123456789"), Cell("123456789")]], width: 20)
        #expect(table.leftOut == ["c"])
        #expect(table.head(plain)[0] == "a          b")
    }

    @Test func narrowColumnsKeepTheirWidth() {
        #expect(TableLayout(natural: [3, 50, 100], available: 60).widths == [3, 26, 27])
        #expect(TableLayout(natural: [3, 5], available: 60).widths == [3, 5])
        #expect(TableLayout(natural: [3, 500], available: nil).widths == [3, 500])
    }

    @Test func coloursOnlyWhereTheyAreWanted() {
        let coloured = Terminal(isTerminal: true, width: 80, isColoured: true)
        #expect(lines(width: 80, coloured)[0].contains("\u{1b}[1m"))
        #expect(!lines(width: 80, Terminal(isTerminal: true, width: 80, isColoured: false)).joined().unicodeScalars.contains("\u{1b}"))
    }

    @Test func pagesFollowTheRecordsSize() throws {
        var size = PageSize()
        let small = try TypedRecord.parse(["a=1"])
        for _ in 0..<10 { size.follow([small, small]) }
        #expect(size.records == PageSize.most)
        let large = try TypedRecord.parse(["a=\(String(repeating: "x", count: PageSize.wantedBytes / 4))"])
        size.follow([large])
        #expect(size.records == 3)
        size.follow([])
        #expect(size.records == 3)
        size.follow([try TypedRecord.parse(["a=\(String(repeating: "x", count: PageSize.wantedBytes * 2))"])])
        #expect(size.records == 1)
    }
}
