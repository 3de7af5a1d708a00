/// Which Sluice this is. For people and packages only: what two sides of a connection can do is said by features, never by versions.
public enum Release {
    /// The version of CHANGELOG.md's newest section (https://semver.org).
    public static let version = "0.1.0"
}
