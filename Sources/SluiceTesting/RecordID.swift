/// Ids of the generated form, 24 hexadecimal digits.
public enum RecordID {
    /// One that is different for each number.
    public static func text(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 24 - digits.count) + digits
    }
}
