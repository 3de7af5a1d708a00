/// AWS's shared credentials or config file, read: properties by profile
/// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html).
struct ProfileFile: Sendable {
    private var profiles: [String: [String: String]] = [:]

    /// Nothing in it is an error: what is not understood belongs to other programs.
    /// - Parameter isConfig: whether profiles other than `default` stand as `[profile name]`.
    init(_ text: String, isConfig: Bool) {
        var profile: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let content = Self.trimmed(line)
            guard let first = content.first, first != "#", first != ";" else { continue }
            if first == "[" {
                profile = content.firstIndex(of: "]").flatMap { Self.profile(content[..<$0].dropFirst(), isConfig) }
                // A section that stands twice is one.
                if let profile { profiles[profile] = profiles[profile] ?? [:] }
            } else if let profile, line.first?.isWhitespace == false, let equals = content.firstIndex(of: "=") {
                let name = Self.trimmed(content[..<equals]).lowercased()
                profiles[profile]?[name] = Self.value(content[content.index(after: equals)...])
            }
        }
    }

    /// The profile's properties, their names in lower case; nil when there is no such profile.
    subscript(profile: String) -> [String: String]? { profiles[profile] }

    private static func profile(_ section: Substring, _ isConfig: Bool) -> String? {
        let words = section.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
        guard isConfig else { return String(trimmed(section)) }
        if words.count == 2, words[0] == "profile" { return String(trimmed(words[1])) }
        return words == ["default"] ? "default" : nil
    }

    /// Without the comment that white space and a `#` or `;` begin.
    private static func value(_ text: Substring) -> String {
        var isAfterSpace = true
        for index in text.indices {
            if isAfterSpace, text[index] == "#" || text[index] == ";" { return String(trimmed(text[..<index])) }
            isAfterSpace = text[index] == " " || text[index] == "\t"
        }
        return String(trimmed(text))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex
        return text[..<end].drop(while: \.isWhitespace)
    }
}
