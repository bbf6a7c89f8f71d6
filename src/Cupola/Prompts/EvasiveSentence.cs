using System.Text.RegularExpressions;

namespace Cupola.Prompts;

/// <summary>
/// Sentences that talk about the question in place of the class: refusals ("As an AI…"), evasions ("There is no definitive answer…", "It depends…"), questions back, courtesies, announcements after
/// which nothing comes, links to pictures that are not there. They give each class's mean the same words. Where a description follows the evasion, it can be kept.
/// </summary>
internal static class EvasiveSentence
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    // A rest of three words describes nothing.
    private const int ShortestRest = 4;

    /// <summary>What says that a description begins after all.</summary>
    private const string Turn = @"(?:,? but|[;,.] ?however,?|,? though|,? although|; )";

    private const string NotOne =
        @"(?:one|single|set|specific|definitive|definite|right|wrong|right or wrong|correct|universal|universally|standard|particular|certain|exact|precise|typical|proper|sure|sure-?fire|easy|simple|real|fixed"
        + @"|general|clear|straightforward|true|perfect|best|accepted|agreed|agreed-upon|official|short|common|distinct|distinctive)";

    /// <summary>Each kind of evasion; the first that a sentence shows is named. Where a description may follow, <c>rest</c> is the part that ends before it.</summary>
    private static readonly Evasion[] Evasions =
    [
        new("speaks as a language model", @"\bas an? (?:ai|artificial intelligence|(?:\w+ )?language model|virtual assistant|text-based)\b|\bi(?:'m| am)(?: just| only)? an? (?:ai|\w+ language model|language model)\b"
            + @"|\bmy (?:training data|knowledge cutoff|programming)\b|\bi(?:'m| am)? ?(?:cannot|can't|unable to|not able to) (?:browse|view|display|access|provide|assist|help|create|generate|fulfill)\b"),
        new("says that there is no answer", $@"^\W*(?:\w+[,:]? ?)?there(?:'s| is| are|really| is really| are really)* (?:not|no|isn't|aren't)(?: really)?(?: an?| any| just| only)*(?: {NotOne}| and| or)*"
            + @"(?: [\w-]+){0,3}? (?:answers?|consensus)\b|^\W*(?:\w+[,:]? ?)?no (?:\w+ )?answer\b", Turn),
        new("says that there is no one way", $@"\bthere(?:'s| is| are|really| is really| are really)* (?:not|no|isn't|aren't)(?: really)?(?: an?| any| just| only)*(?: {NotOne}| and| or)+(?: [\w-]+){{0,2}}?"
            + @" (?:ways?|look|looks|formats?|forms?|methods?|rules?|descriptions?|appearance|techniques?|styles?|physical|identifying|characteristics?|definition)\b", Turn),
        new("says that it cannot tell", @"^\W*(?:unfortunately,? |well,? |i think |i'm afraid )*(?:i|we)(?:'m| am|'re| are)? ?(?:not (?:sure|certain|able|entirely|exactly|really|familiar|aware)|cannot|can't|can not|couldn't|could not"
            + @"|don't (?:know|have|see|understand|think)|do not (?:know|have|see|understand)|didn't|did not|(?:was|were|am)? ?unable|was(?:n't| not) able|were(?:n't| not) able|haven't|have not|have no|would need|need more|apologi[sz]e|sorry)\b"
            + @"|^\W*(?:can't|cannot|can not|unable to|not able to) (?:see|answer|find|tell|describe|say|identify|provide)\b|^\W*(?:sorry|apologies|not sure|no idea|unfortunately)\b|^\W*(?:n/?a|none|unknown|not applicable)\W*$"
            + @"|^\W*(?:an? |the |\w+ )?(?:[\w-]+ ){0,3}cannot be (?:identified|described|answered)\W*$"),
        new("says that it is hard to say", @"^\W*(?:well,? |honestly,? )?(?:it's|it is|it was|this is|that is|that's|this|that|its|this question is|these are|there are (?:so |too )?many[^.]{0,80})[^.:]{0,60}\b(?:difficult|difficut|hard|tough|tricky|impossible|not possible)"
            + @"(?: one| question)?(?: for \w+)? ?(?:question|to (?:say|answer|describe|explain|give|define|pin|generali[sz]e|determine|visuali[sz]e|identify characteristics)\b|\W*$)"
            + @"|\b(?:difficult|hard|impossible|not possible|tough) to (?:answer\b|say (?:what|exactly|for|without)|tell (?:for sure|without|what)|give an? |provide an? )", Turn),
        new("says that it depends", @"^\W*(?:well,? )?(?:it|this|that|the answer|this answer|answers?|what (?:it|this) looks like)(?: question)?(?: really| all| can| may| might| will| could| would| greatly| often| just| totally| also)* (?:depends?|vary|varies|differs?)\b|^\W*depends on\b|^\W*depending on [^,]*$", Turn),
        new("talks of the question", @"\b(?:this|your) (?:question|query|prompt|request)\b|\bpossible answers?\b|\b(?:what|which|that|who)(?: exactly)? you(?:'re| are) (?:asking|referring|talking about)|\byou mean by\b|\bis too (?:vague|broad)\b"
            + @"|\bwithout (?:more|further|additional) (?:information|context|details?)\b", Turn),
        new("begins with an assumption about the question", @"^\W*assuming (?:that )?(?:(?:you|we)(?:'re| are|'d| would)?(?: just)? (?:asking|referring|talking|meant?|looking|want(?:ed)?|like|interested)|the question)\b|^\W*(?:if|when) you(?:'re| are) (?:asking|referring|talking about)\b", "[:,]"),
        new("says only that it varies", @"\b(?:can|could|may|might|will|would|do|does)?(?: (?:also|often|all))? ?(?:looks? (?:very |quite |a lot )?(?:different|differently)\b|looks? like (?:many|a lot of|a variety of|different) (?:different )?things|means? (?:many |several |a (?:few|lot|number|couple) (?:of )?|two )?(?:very )?different things"
            + @"|(?:vary|varies|differ|differs)(?: in [\w ,]{1,60})?(?: \w+ly)? (?:depending|based|according|from person|from one|greatly|widely|a lot|considerably|significantly)|take (?:on )?many (?:different )?forms|(?:vary|varies)\W*$|refers? to (?:two|many|several|a few) (?:different )?things)")
        { Unless = Says },
        new("announces a description and gives none", @"^\W*there(?:'s| is| are)(?: (?:an?|so|many|several|some|numerous|various|multiple|countless|different|few|lots?|number|variety|couple|two|three|four|five|main|key|of|possible|other|all|sorts|over|most|common|general|simple|quick|great|wide|range|distinct|unique|primary|[\d,]+))+"
            + @"(?: \w+)? (?:ways?|things|characteristics|features|types|kinds|sorts|varieties|species|styles|traits|factors|methods|clues|reasons|indicators|options|possibilities|breeds)\b")
        { Unless = Says },
        new("asks and says nothing", @"^[^.!?]*\?[\s.""”]*$"),
        new("points to a picture or a page", @"^\W*(?:an? |the )?(?:images?|photos?|pictures?|videos?|search) (?:results?|source|credit)\b|^\W*(?:here(?:'s| is| are)|this is|below is|see|click|check out|visit|watch|follow|refer to)\b[^.:]{0,60}\b(?:links?|linked|videos?|websites?|webpage|url|below)\b"
            + @"|^\W*here(?:'s| is| are)(?: an?| some| the| one| \w+){0,3} (?:image|picture|photo|photograph|example|drawing|diagram)s?\b[^.:]*:\W*$|\b(?:this|that|the following) (?:link|video|website|web ?page|site)\b|\bcan be (?:found|seen|viewed) (?:here|at|at this|on this)\b"
            + @"|\b(?:links?|videos?|images?|pictures?|photos?) below\b|\bgoogle (?:search|images?)\b|\bfound (?:an?|this|some|the|one) (?:\w+ )?(?:image|picture|photo)s? [^.]*\b(?:online|internet|google|web)\b|\b(?:looks? |something )?like this\W*$|^\W*see image\W*$|\bimage result|\bhttps?:|\bwww\."),
        new("begins with a courtesy", @"^\W*(?:sure|sure thing|certainly|of course|absolutely|(?:that's a )?great question|(?:that's a )?good question|okay|ok|no problem|you're welcome|thanks?|thank you|hello|hi|hey|yes|yeah|well)(?: there)?[,!.:]"
            + @"|^\W*here(?:'s| is| are)(?: an?| some| your| the| one| possible| short| brief| detailed| visual| simple| concise| one-sentence| single| caption| sentence| prompt)+ (?:descriptions?|captions?|sentences?|answers?|prompts?|responses?)\b[^.:]*:"
            + @"|\b(?:let me know if|i hope (?:this|that)|feel free to|happy to (?:help|assist)|i can help)\b", "[,!.:]"),
    ];

    /// <summary>Words after which a description comes after all, if one does.</summary>
    private const string Says =
        @"(?:\b(?:but|however|though|although|typically|generally|usually|commonly|most|includes?|including|such as|for example|for instance|e\.g|whether|with|which|like|some|often|so)\b|[:;–—]| - |\n|!|\. )";

    /// <summary>What is wrong with a sentence, or nothing.</summary>
    public static string? Problem(string sentence) => Find(sentence)?.Reason;

    /// <summary>The description that follows the evasion, or nothing where none does.</summary>
    public static string? Rest(string sentence)
    {
        if (Find(sentence) is not { End: { } end })
        {
            return null;
        }

        string text = Plain(sentence);
        Match match = end.Match(text);
        string rest = match.Success ? text[(match.Index + match.Length)..].TrimStart(' ', ',', ':', '-', '\n') : "";
        return FoldedWord.AllOf(rest).Count >= ShortestRest && Find(rest) is null ? char.ToUpperInvariant(rest[0]) + rest[1..] : null;
    }

    private static Evasion? Find(string sentence)
    {
        string text = Plain(sentence);
        return Evasions.FirstOrDefault(evasion => evasion.IsIn(text));
    }

    private static string Plain(string sentence) => sentence.Replace('’', '\'').Trim();

    /// <summary>One way not to answer.</summary>
    /// <param name="reason">What such a sentence does.</param>
    /// <param name="pattern">How it is recognised.</param>
    /// <param name="turn">Where a description may begin behind it; nothing where none follows.</param>
    private sealed class Evasion(string reason, string pattern, string? turn = null)
    {
        private readonly Regex _pattern = new(pattern, Options);
        private readonly Regex? _unless;

        public string Reason => reason;

        public Regex? End { get; } = turn is null ? null : new(turn, Options);

        /// <summary>What must not stand behind it.</summary>
        public string? Unless
        {
            init => _unless = value is null ? null : new(value, Options);
        }

        public bool IsIn(string text)
        {
            Match match = _pattern.Match(text);
            return match.Success && !(_unless?.IsMatch(text, match.Index + match.Length) ?? false);
        }
    }
}
