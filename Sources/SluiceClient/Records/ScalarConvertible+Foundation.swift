import FoundationEssentials
import SluiceProtocol

// Foundation's types for Sluice's kinds; the only place where it is needed.

extension Date: ScalarConvertible {
    /// A timestamp, truncated (towards the past) to milliseconds.
    /// - Throws: `invalidInput` outside the years 1 to 9999.
    public func scalar() throws(SluiceError) -> Scalar {
        // A date is a binary fraction of seconds: what is as near to a whole millisecond as it can be means that one, not the one before.
        let seconds = timeIntervalSince1970
        let nearest = (seconds * 1000).rounded()
        let precision = 2000 * max(seconds.ulp, timeIntervalSinceReferenceDate.ulp)
        let milliseconds = abs(seconds * 1000 - nearest) <= precision ? nearest : (seconds * 1000).rounded(.down)
        guard let exact = Int64(exactly: milliseconds), let timestamp = Timestamp(milliseconds: exact) else {
            throw .invalidInput("a date outside the years 1 to 9999")
        }
        return .timestamp(timestamp)
    }

    /// From a timestamp.
    public init?(scalar: Scalar) {
        guard case .timestamp(let value) = scalar else { return nil }
        self.init(timeIntervalSince1970: Double(value.milliseconds) / 1000)
    }
}

extension Data: ScalarConvertible {
    /// Binary.
    public func scalar() -> Scalar { .binary(Array(self)[...]) }

    /// From binary.
    public init?(scalar: Scalar) {
        guard case .binary(let bytes) = scalar else { return nil }
        self.init(bytes)
    }
}

extension Decimal: ScalarConvertible {
    /// A decimal.
    /// - Throws: `invalidInput` for NaN.
    public func scalar() throws(SluiceError) -> Scalar { .decimal(try DecimalNumber(description)) }

    /// From a decimal that `Decimal` holds exactly; its trailing zeros are not kept, `DecimalNumber` keeps them.
    public init?(scalar: Scalar) {
        guard case .decimal(let number) = scalar, let value = Decimal(string: number.text),
            (try? DecimalNumber(value.description)) == number
        else { return nil }
        self = value
    }
}
