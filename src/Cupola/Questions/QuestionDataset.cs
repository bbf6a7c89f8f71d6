using Cupola.Files;

namespace Cupola.Questions;

/// <summary>Questions about the images of a folder, with people's answers.</summary>
/// <param name="Questions">The questions whose images were found.</param>
/// <param name="Skipped">Why others are left out, a sentence each.</param>
internal sealed record QuestionDataset(IReadOnlyList<VisualQuestion> Questions, IReadOnlyList<string> Skipped)
{
    /// <summary>Reads questions.</summary>
    /// <param name="images">The folder of the images.</param>
    /// <param name="questions">VQA's JSON of questions, or a table with the columns image, question and answer.</param>
    /// <param name="annotations">VQA's JSON of annotations; null for a table.</param>
    /// <exception cref="ArgumentException">Annotations are missing, or named for a table.</exception>
    /// <exception cref="InvalidDataException">
    /// A file has another form, the annotations are of other questions, or no question can be used.
    /// </exception>
    public static QuestionDataset Read(string images, string questions, string? annotations)
    {
        QuestionImages folder = new(images);
        if (!File.Exists(questions))
        {
            throw new FileNotFoundException($"There is no file {TextFile.Quote(questions)}.");
        }

        bool isJson = Path.GetExtension(questions).Equals(".json", StringComparison.OrdinalIgnoreCase);
        QuestionDataset read = (isJson, annotations) switch
        {
            (true, null) => throw new ArgumentException(
                $"{questions} has questions without answers; name the file of their annotations by --annotations."
            ),
            (true, _) => VqaFiles.Read(folder, questions, annotations!),
            (false, null) => QuestionTable.Read(folder, questions),
            _ => throw new ArgumentException($"{questions} is a table, which has its answers itself; omit --annotations."),
        };
        return read.Questions.Count > 0
            ? read
            : throw new InvalidDataException(
                $"No question of {questions} can be asked about the images in {images}"
                    + (read.Skipped.Count > 0 ? $", the first because of this: {read.Skipped[0]}" : ".")
            );
    }
}
