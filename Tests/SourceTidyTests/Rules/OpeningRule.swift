/// design rule 1 for what is not Swift: the first comment says what a file is for.
struct OpeningRule: FileRule {
    var demand: String { "C, Python and shell files begin by saying what they are for" }
    var offences: [SourceTree] {
        [
            ["Sources/C/thing.c": "#include <a.h>\n\nint a;\n"], ["Sources/C/shim.h": "#ifndef A\n#define A\nint a;\n#endif\n"],
            ["scripts/thing.py": "import sys\n\"\"\"Late.\"\"\"\n"], ["scripts/run": "#!/usr/bin/env bash\nset -e\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            ["Sources/C/thing.c": "/* A thing. */\n#include <a.h>\n"], ["Sources/C/thing.c": "#include \"thing.h\"\n\nint a;\n"],
            ["Sources/C/thing.h": "#pragma once\n// A thing.\n"],
            ["scripts/thing.py": "#!/usr/bin/env python3\n\"\"\"A thing.\"\"\"\n"],
            ["scripts/raw.py": "r'''A raw thing.'''\n"], ["scripts/run": "#!/bin/sh\n# Runs.\n"],
            ["clients/python/tests/__init__.py": ""],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        let starts: [String]
        switch file.language {
        case .c: starts = ["/*", "//"]
        case .python: starts = ["\"\"\"", "'''", "r\"\"\"", "r'''"]
        case .shell: starts = ["# "]
        default: return []
        }
        // A part in C is introduced by its header.
        if file.name.hasSuffix(".c"), file.text.contains("include \"\(file.stem).h\"") { return [] }
        let opening = file.lines.first { line in
            !line.isEmpty && !line.hasPrefix("#!") && !(file.language == .c && line.hasPrefix("#"))
        }
        guard let opening else { return [] }
        return starts.contains(where: opening.hasPrefix) ? [] : [Complaint(file.path, "does not begin with what it is for")]
    }
}
