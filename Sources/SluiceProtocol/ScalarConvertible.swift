/// A Swift type that stands for one kind of scalar: what conditions take, and what typed records hold beside maps and lists.
public protocol ScalarConvertible {
    /// The scalar.
    /// - Throws: `invalidInput` for a value that Sluice cannot hold, NaN for one.
    func scalar() throws(SluiceError) -> Scalar

    /// - Returns: nil when the scalar is of another kind, or does not fit.
    init?(scalar: Scalar)
}

extension Scalar: ScalarConvertible {
    /// Itself.
    public func scalar() -> Scalar { self }
    /// Itself.
    public init?(scalar: Scalar) { self = scalar }
}

extension Scalar: ExpressibleByNilLiteral {
    /// Null.
    public init(nilLiteral: ()) { self = .null }
}

extension Bool: ScalarConvertible {
    /// A boolean.
    public func scalar() -> Scalar { .boolean(self) }
    /// From a boolean.
    public init?(scalar: Scalar) {
        guard case .boolean(let value) = scalar else { return nil }
        self = value
    }
}

extension String: ScalarConvertible {
    /// A string.
    /// - Throws: `invalidInput` for U+0000.
    public func scalar() throws(SluiceError) -> Scalar {
        let bytes = Array(utf8)
        try bytes[...].withBytes { buffer throws(SluiceError) in try ValueRules.check(text: buffer) }
        return .string(bytes[...])
    }

    /// From a string.
    public init?(scalar: Scalar) {
        guard case .string(let utf8) = scalar else { return nil }
        self.init(decoding: utf8, as: UTF8.self)
    }
}

extension ScalarConvertible where Self: FixedWidthInteger {
    /// An integer.
    /// - Throws: `invalidInput` over 2⁶³−1.
    public func scalar() throws(SluiceError) -> Scalar {
        guard let value = Int64(exactly: self) else { throw ValueRules.oversizedInteger }
        return .integer(value)
    }

    /// From an integer, or a float that is integral, when it fits.
    public init?(scalar: Scalar) {
        switch scalar {
        case .integer(let value): self.init(exactly: value)
        case .float(let value): self.init(exactly: value)
        default: return nil
        }
    }
}

extension Int: ScalarConvertible {}
extension Int8: ScalarConvertible {}
extension Int16: ScalarConvertible {}
extension Int32: ScalarConvertible {}
extension Int64: ScalarConvertible {}
extension UInt: ScalarConvertible {}
extension UInt8: ScalarConvertible {}
extension UInt16: ScalarConvertible {}
extension UInt32: ScalarConvertible {}
extension UInt64: ScalarConvertible {}

extension ScalarConvertible where Self: BinaryFloatingPoint {
    /// A float.
    /// - Throws: `invalidInput` for NaN and the infinities.
    public func scalar() throws(SluiceError) -> Scalar {
        let value = Double(self)
        try ValueRules.check(float: value)
        return .float(value)
    }

    /// From a float, or an integer that it holds exactly: some engines give 6.0 back as 6.
    public init?(scalar: Scalar) {
        switch scalar {
        case .float(let value): self.init(value)
        case .integer(let value): self.init(exactly: value)
        default: return nil
        }
    }
}

extension Double: ScalarConvertible {}
extension Float: ScalarConvertible {}

extension Array: ScalarConvertible where Element == UInt8 {
    /// Binary.
    public func scalar() -> Scalar { .binary(self[...]) }
    /// From binary.
    public init?(scalar: Scalar) {
        guard case .binary(let bytes) = scalar else { return nil }
        self.init(bytes)
    }
}

extension Timestamp: ScalarConvertible {
    /// A timestamp.
    public func scalar() -> Scalar { .timestamp(self) }
    /// From a timestamp.
    public init?(scalar: Scalar) {
        guard case .timestamp(let value) = scalar else { return nil }
        self = value
    }
}

extension DecimalNumber: ScalarConvertible {
    /// A decimal.
    public func scalar() -> Scalar { .decimal(self) }
    /// From a decimal.
    public init?(scalar: Scalar) {
        guard case .decimal(let value) = scalar else { return nil }
        self = value
    }
}

extension ObjectID: ScalarConvertible {
    /// An ObjectId.
    public func scalar() -> Scalar { .objectID(self) }
    /// From an ObjectId.
    public init?(scalar: Scalar) {
        guard case .objectID(let value) = scalar else { return nil }
        self = value
    }
}

extension Optional: ScalarConvertible where Wrapped: ScalarConvertible {
    /// The value's scalar, or null.
    public func scalar() throws(SluiceError) -> Scalar {
        guard let self else { return .null }
        return try self.scalar()
    }

    /// From null, or what the wrapped type takes.
    public init?(scalar: Scalar) {
        if case .null = scalar {
            self = Self.none
        } else {
            guard let wrapped = Wrapped(scalar: scalar) else { return nil }
            self = Self.some(wrapped)
        }
    }
}
