import Glibc
import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// Where a client looks, and what it refuses (PROTOCOL.md section 1).
@Suite struct SocketPathTests {
    private func paths(_ given: String? = nil, _ environment: [String: String]) -> [String] {
        SocketPath(given: given, environment: { environment[$0] }, user: 7).places.map(\.path)
    }

    @Test func placesComeInTheProtocolsOrder() {
        #expect(paths("/x", ["SLUICE_SOCKET": "/y"]) == ["/x"])
        #expect(paths(nil, ["SLUICE_SOCKET": "/y", "XDG_RUNTIME_DIR": "/run/user/7"]) == ["/y"])
        #expect(
            paths(nil, ["SLUICE_SOCKET": "", "XDG_RUNTIME_DIR": "/run/user/7", "TMPDIR": "/var/tmp"])
                == ["/run/user/7/sluice/sluice.sock", "/run/sluice/sluice.sock", "/var/tmp/sluice-7/sluice.sock"])
        #expect(paths(nil, ["XDG_RUNTIME_DIR": "", "TMPDIR": ""]) == ["/run/sluice/sluice.sock", "/tmp/sluice-7/sluice.sock"])
    }

    @Test func onlyTheLastPlaceNeedsChecking() {
        let places = SocketPath(given: nil, environment: { _ in nil }, user: 7).places
        #expect(places.map(\.isInSharedFolder) == [false, true])
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/sluice-path-XXXXXX".utf8CString)
        let folder = String(cString: mkdtemp(&template)!)
        defer {
            for name in ["file", "link", "folder"] { _ = remove(folder + "/" + name) }
            _ = rmdir(folder)
        }
        try body(folder)
    }

    private func refusal(_ folder: String, user: UInt32 = getuid()) -> SluiceError? {
        do throws(SluiceError) {
            _ = try SocketPath.checkPrivateFolder(of: folder + "/sluice.sock", user: user)
            return nil
        } catch {
            return error
        }
    }

    @Test func thePrivateFolderIsChecked() throws {
        try withFolder { (folder: String) throws in
            let own = folder + "/folder"
            #expect(try !SocketPath.checkPrivateFolder(of: own + "/sluice.sock"))
            mkdir(own, 0o700)
            chmod(own, 0o700)
            #expect(try SocketPath.checkPrivateFolder(of: own + "/sluice.sock"))
            #expect(refusal(own, user: getuid() + 1)?.message.contains("belongs to user") == true)
            for mode: mode_t in [0o755, 0o770, 0o1700, 0o600] {
                chmod(own, mode)
                #expect(refusal(own)?.message.contains("mode") == true, "mode \(String(mode, radix: 8))")
            }
            chmod(own, 0o700)
            symlink(own, folder + "/link")
            #expect(refusal(folder + "/link")?.message.contains("symbolic link") == true)
            close(open(folder + "/file", O_CREAT | O_WRONLY, 0o700))
            #expect(refusal(folder + "/file")?.message.contains("not a directory") == true)
            #expect(refusal(folder + "/link")?.code == .unauthorized)
            #expect(refusal(folder + "/link")?.reason == "privateFolder")
            #expect(refusal(folder + "/link")?.isRetryable == false)
        }
    }

    @Test func aPrivateFolderThatIsNotPrivateEndsTheSearch() async throws {
        var template = Array("/tmp/sluice-path-XXXXXX".utf8CString)
        let folder = String(cString: mkdtemp(&template)!)
        mkdir("\(folder)/sluice-\(getuid())", 0o755)
        chmod("\(folder)/sluice-\(getuid())", 0o755)
        defer {
            _ = rmdir("\(folder)/sluice-\(getuid())")
            _ = rmdir(folder)
        }
        let places = SocketPath(given: nil, environment: { ["TMPDIR": folder, "XDG_RUNTIME_DIR": folder][$0] })
        // A daemon of the system would be found before.
        guard access("/run/sluice/sluice.sock", F_OK) != 0 else { return }
        let error = #expect(throws: SluiceError.self) { try places.connect() }
        #expect(error?.code == .unauthorized)
    }

    @Test func aPathThatIsTooLongIsSaidToBe() {
        let path = "/tmp/" + String(repeating: "x", count: 104)
        let error = #expect(throws: SluiceError.self) { try SocketPath(given: path).connect() }
        #expect(error?.code == .invalidInput)
        #expect(error?.message.contains("109 bytes") == true)
    }

    @Test func nobodyThereNamesEveryPlace() {
        let places = SocketPath(given: nil, environment: { ["SLUICE_SOCKET": "/nowhere/x.sock"][$0] })
        let error = #expect(throws: SluiceError.self) { try places.connect() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("/nowhere/x.sock") == true)
        #expect(error?.message.contains("SLUICE_SOCKET") == true)
    }
}
