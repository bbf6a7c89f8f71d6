using Cupola.Prompts;
using Cupola.Prompts.Audit;
using Cupola.Prompts.Writing;
using Cupola.ZeroShot;

namespace Cupola.Tests.Fuzzing;

/// <summary>Labels, templates, questions, prompts and what is kept of them.</summary>
internal static class TextTargets
{
    private const string Cupl = """
        {"tree frog":["A tree frog is a small green frog.","It sits on a leaf."],"cat":["A cat has whiskers."],
        "crème brûlée":["Crème brûlée is a dessert."]}
        """;

    private const string Own = """
        {"format":"cupola-prompts-1","classes":{"cat":[{"text":"A cat has whiskers.","question":"What does a cat look like?",
        "answer":0,"model":"m","temperature":0.99,"maxTokens":50,"rawAnswer":"A cat has whiskers. And","rawAnswerSha256":"x"},
        {"text":"A cat."}],"dog":[{"text":"A dog."}]}}
        """;

    private const string Questions = """
        {"questions":["Describe what {} looks like.",{"text":"How can you identify {}?","answers":5}],
        "answers":10,"articles":{"cat":"a"}}
        """;

    private const string Journal = """
        {"format":"cupola-journal-1","model":"m","temperature":0.99,"maxTokens":50}
        {"class":"cat","question":"?","answer":0,"maxTokens":9,"finish":"stop","rawAnswer":"A cat.","time":"2026-01-01T00:00:00Z"}
        {"class":"dog","question":"?","answer":1,"maxTokens":9,"finish":"length","rawAnswer":"A","time":"2026-01-01T00:00:00Z"}

        """;

    private static readonly JournalHeader Header = new(JournalHeader.CurrentFormat, "m", 0.99f, 50);

    public static IEnumerable<FuzzTarget> All() =>
        [
            new("prompts", [Json("prompts.json", Cupl), Json("prompts.json", Own)], Audit),
            new("labels", [Text("l.txt", "cat\n tree frog \n\n"), Json("l.json", """["cat","dog"]""")], ReadLabels),
            new("templates", [Text("t.txt", "a photo of a {}.\nart of the {}.\n"), Json("t.json", """["a {}.","{}"]""")], Fill),
            new("questions", [Json("questions.json", Questions)], static (path, _) => PromptQuestions.Read(path)),
            new("journal", [FuzzSeed.Of("a.journal", InputForm.JsonLines, Journal)], ReadJournal),
            new("classifier", [Classifier()], static (path, _) => ClassifierFile.Read(path)),
        ];

    private static FuzzSeed Json(string name, string content) => FuzzSeed.Of(name, InputForm.Json, content);

    private static FuzzSeed Text(string name, string content) => FuzzSeed.Of(name, InputForm.Text, content);

    private static void ReadLabels(string path, Action<string> told) => LabelList.Read(path);

    private static void ReadJournal(string path, Action<string> told) => PromptJournal.Open(path, Header).Dispose();

    private static void Audit(string path, Action<string> told)
    {
        PromptSet prompts = PromptSet.Read(path);
        _ = PromptAudit.Create(prompts).Repair().Prompts.ClassNames.Count;
        prompts.Write(path + ".again");
    }

    private static void Fill(string path, Action<string> told)
    {
        foreach (PromptTemplate template in PromptTemplates.Read(path))
        {
            template.Format("tree frog");
        }
    }

    private static FuzzSeed Classifier()
    {
        string path = TestFolder.NewFile("classifier.safetensors");
        ClassWeights weights = new(new([1, 0, 0, 1, 0.6f, 0.8f], 3, 2), [0, 1, 1], 2);
        ClassifierFile.Write(path, new(["one", "two"], weights, 1.5f, ClassEnsemble.ScoreMax, "m", "p"));
        return FuzzSeed.Of(path, InputForm.Safetensors);
    }
}
