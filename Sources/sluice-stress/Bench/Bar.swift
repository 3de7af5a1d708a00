/// What a figure must reach. The bars are those of the project's requirements.
struct Bar: Encodable {
    enum Relation: String, Encodable, Sendable {
        case atLeast, atMost, below
    }

    let relation: Relation
    let value: Double

    static func atLeast(_ value: Double) -> Bar { Bar(relation: .atLeast, value: value) }
    static func atMost(_ value: Double) -> Bar { Bar(relation: .atMost, value: value) }
    static func below(_ value: Double) -> Bar { Bar(relation: .below, value: value) }

    func isMet(by figure: Double) -> Bool {
        switch relation {
        case .atLeast: figure >= value
        case .atMost: figure <= value
        case .below: figure < value
        }
    }

    var symbol: String {
        switch relation {
        case .atLeast: ">="
        case .atMost: "<="
        case .below: "<"
        }
    }
}
