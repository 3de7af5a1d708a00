import SluiceProtocol

/// What an order sees of a field: a value, or that a map or list is there. Missing is null.
public enum OrderKey: Sendable {
    /// A value.
    case value(Scalar)
    /// A map or a list.
    case container

    /// A record's field.
    init(_ field: Document.Field) { self = field.comparable.map { .value($0) } ?? .container }

    /// Less, equal or greater: -1, 0 or 1. Total, and 0 only for values that are equal.
    func comparison(to other: OrderKey) -> Int {
        guard rank == other.rank else { return Scalar.sign(rank, other.rank) }
        guard case .value(let left) = self, case .value(let right) = other else { return 0 }
        switch (left, right) {
        case (.decimal(let left), .decimal(let right)): return Scalar.sign(left.valueText, right.valueText)
        case (.objectID(let left), .objectID(let right)): return Scalar.sign(left.hex, right.hex)
        default: return left.comparison(to: right) ?? 0
        }
    }

    private var rank: Int {
        switch self {
        case .value(.null): 0
        case .value(.integer), .value(.float): 1
        case .value(.string): 2
        case .value(.binary): 3
        case .value(.boolean): 4
        case .value(.timestamp): 5
        case .value(.decimal): 6
        case .value(.objectID): 7
        case .container: 8
        }
    }

    /// The text of a string, else nothing.
    var text: String { if case .value(.string(let utf8)) = self { String(decoding: utf8, as: UTF8.self) } else { "" } }

    // MARK: in a page token, which holds scalars alone

    /// Binaries start with 0 there, so that a lone 1 can stand for a map or list.
    var tokenKey: Scalar {
        switch self {
        case .value(.binary(let bytes)): .binary([0] + bytes)
        case .value(let scalar): scalar
        case .container: .binary([1])
        }
    }

    /// From a page token.
    /// - Throws: `invalidInput` for a binary that none of ours holds.
    init(token key: Scalar) throws(SluiceError) {
        guard case .binary(let bytes) = key else {
            self = .value(key)
            return
        }
        switch bytes.first {
        case 0: self = .value(.binary(bytes.dropFirst()))
        case 1 where bytes.count == 1: self = .container
        default: throw Self.badToken
        }
    }

    static var badToken: SluiceError { .invalidInput("the page token is not one that this engine made", reason: "badToken") }
}
