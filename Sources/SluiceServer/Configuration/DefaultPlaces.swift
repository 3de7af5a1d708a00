import Glibc

/// Where the socket and the state are when nobody says: the XDG base directories for a user, the
/// system's folders for root, else a private folder.
struct DefaultPlaces {
    let socket: String
    let data: String

    init(environment: [String: String], user: UInt32 = getuid()) {
        func given(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        let isRoot = user == 0
        let privateFolder = (given("TMPDIR") ?? "/tmp") + "/sluice-\(user)"
        if let runtime = given("XDG_RUNTIME_DIR") {
            socket = runtime + "/sluice/sluice.sock"
        } else {
            socket = isRoot ? "/run/sluice/sluice.sock" : privateFolder + "/sluice.sock"
        }
        if let state = given("XDG_STATE_HOME") {
            data = state + "/sluice"
        } else if isRoot {
            data = "/var/lib/sluice"
        } else {
            // The default of XDG_STATE_HOME in the XDG Base Directory Specification.
            data = given("HOME").map { $0 + "/.local/state/sluice" } ?? privateFolder + "/state"
        }
    }
}
