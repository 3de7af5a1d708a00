@testable import SluiceProtocol

/// What a daemon keeps of a connection to judge a frame: whether it was greeted, and which requests are in flight.
struct Conversation {
    var isGreeted: Bool
    private var ids: Set<Int64> = []

    init(isGreeted: Bool) { self.isGreeted = isGreeted }

    mutating func take(_ frame: ClientMeaning) -> ClientMeaning {
        switch frame {
        case .hello where isGreeted: return .refused(.invalidInput("a second hello"))
        case .hello: isGreeted = true
        case _ where !isGreeted: return .refused(.invalidInput("no hello"))
        case .request(let envelope, _, _, _): if !ids.insert(envelope.id).inserted { return .refused(.invalidInput("in flight")) }
        case .invalid(let id, _): if ids.contains(id) { return .refused(.invalidInput("in flight")) }
        case .cancel, .skipped, .refused: break
        }
        return frame
    }
}
