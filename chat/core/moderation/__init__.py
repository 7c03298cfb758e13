"""Reads words before the room does and says what should happen to them: pure, and nothing is remembered.

    lexicon = Lexicon(pack(lists, spellings, world, weights))      once; `config.lexicon.load()` reads what ships
    verdict = judge(rules_of(policy), Draft(text, writer), lexicon, policy)

`draft` what is judged and what is known of its writer · `normal`, `reading` words as they are meant · `phrasing`,
`phrases` phrase lists · `scale` what words weigh · `strange` words seldom written · `packing`, `lexicon` all of it,
made ready and asked · `policy` what a group has switched on · `rules` one file a rule · `verdict`, `judge` what comes
of it · `why` by which words. A verdict names rules, never words.
"""
