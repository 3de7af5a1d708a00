import Testing

/// What counts as code and what as words.
@Suite struct CodeMaskTests {
    private func swift(_ text: String) -> String { String(decoding: CodeMask.mask(text, .swift), as: UTF8.self) }

    @Test(arguments: [
        ("a // b {", "a       "),
        ("a /* b /* c */ d */ e", "a                   e"),
        (#"f("{") }"#, #"f(" ") }"#),
        (#"f("\"{") }"#, #"f("   ") }"#),
        (##"f(#"\"#) }"##, ##"f(#" "#) }"##),
        (#"f("\(g("}"))") }"#, #"f("    " "  ") }"#),
        (##"f(#"\#(g("}"))"#) }"##, ##"f(#"     " "  "#) }"##),
        (##"f(#"\(g"#) }"##, ##"f(#"   "#) }"##),
        ("f(\"\"\"\n \"}\"\n \"\"\") }", "f(\"\"\"\n    \n \"\"\") }"),
        (##"f(#""""#) }"##, ##"f(#"  "#) }"##),
        ("f(#/}\"/#) }", "f(#/  /#) }"),
        ("\"open", "\"    "),
    ])
    func masksSwift(_ text: String, _ code: String) { #expect(swift(text) == code) }

    @Test func masksC() {
        let code = CodeMask.mask("a = '\"'; /* /* */ b = \"//\"; // c", .c)
        #expect(String(decoding: code, as: UTF8.self) == "a = ' ';          b = \"  \";     ")
    }

    @Test func masksPython() {
        let code = CodeMask.mask("a = '#' # b\nc = '''\nd\n''' + \"\\\"\"", .python)
        #expect(String(decoding: code, as: UTF8.self) == "a = ' '    \nc = '''\n \n''' + \"  \"")
    }

    @Test func keepsEveryBytesPlace() {
        for file in SourceTree.ofProject.files {
            let code = CodeMask.mask(file.text, file.language)
            #expect(code.count == file.text.utf8.count)
            #expect(code.count { $0 == UInt8(ascii: "\n") } == file.text.utf8.count { $0 == UInt8(ascii: "\n") })
        }
    }

    /// Braces that do not balance mean that a text was taken for code, or code for a text.
    @Test func findsEveryBlock() {
        for file in SourceTree.ofProject.files where file.language == .swift {
            let code = CodeMask.mask(file.text, .swift)
            #expect(code.count { $0 == UInt8(ascii: "{") } == code.count { $0 == UInt8(ascii: "}") }, "\(file.path)")
        }
    }
}
