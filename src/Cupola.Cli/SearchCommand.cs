using System.CommandLine;
using Cupola.Prompts;
using Cupola.Retrieval;

namespace Cupola.Cli;

/// <summary><c>cupola search</c>: images by words, by images, and by both.</summary>
internal static class SearchCommand
{
    public static Command Create() => new Verb().Build();

    /// <summary>The verb's options.</summary>
    private sealed class Verb
    {
        private readonly ModelOptions _model = new();
        private readonly IndexOptions _index = new();

        private readonly Argument<string[]> _terms = new("terms")
        {
            Description = "Words, an image's path or address, or '#' and its number; + and - stand alone between; 2: doubles.",
            Arity = ArgumentArity.ZeroOrMore,
        };

        private readonly Option<bool> _duplicates = new("--duplicates")
        {
            Description = "In place of terms: images of the same bytes, of the same picture and of the same moment.",
        };

        private readonly NumberOption<int> _top = new("--top", 1, 1_000_000)
        {
            Description = "How many images at most; unlikely ones count.",
            HelpName = "K",
            DefaultValueFactory = static _ => 10,
        };

        private readonly NumberOption<double> _threshold = new("--threshold", -100, 100)
        {
            Description = "Only images whose score is at least this.",
            HelpName = "S",
        };

        private readonly Option<string> _folder = new("--in")
        {
            Description = "Only images below this folder.",
            HelpName = "DIR",
        };

        private readonly DateOption _after = new("--after", "Only images taken then or later: 2021, 2021-05 or 2021-05-03.");

        private readonly DateOption _before = new("--before", "Only images taken before that.");

        private readonly Option<string> _camera = new("--camera")
        {
            Description = "Only images whose camera's name has this in it.",
            HelpName = "NAME",
        };

        private readonly Option<string> _prompts = new("--prompts")
        {
            Description = "Say what a file of prompts or templates says of the words, in place of the words alone.",
            HelpName = "FILE",
        };

        private readonly Option<bool> _noUpdate = new("--no-update")
        {
            Description = "Search what is indexed, without looking for new images.",
        };

        private readonly Option<SearchFormat> _format = new("--format")
        {
            Description = "table, json (a line an image), csv, or paths alone.",
            DefaultValueFactory = static _ => SearchFormat.Table,
        };

        private readonly PageOption _page = new("--page", "Write a page of thumbnails, too: one file that needs nothing else.");

        public CommandWithExamples Build()
        {
            CommandWithExamples command = new(
                "search",
                "Find images of the index by words, by images, or by both.",
                """
                cupola search a dog on a beach --model openai/clip-vit-base-patch32
                cupola search beach + photo.jpg - people + "2:red sail" --model openai/clip-vit-base-patch32
                cupola search sunset --after 2021 --in ~/Pictures/Norway --format paths --model openai/clip-vit-base-patch32
                cupola search a red flag --page found.html
                cupola search --duplicates --in ~/Pictures/Norway
                """
            )
            {
                _terms,
                _duplicates,
                _top,
                _threshold,
                _folder,
                _after,
                _before,
                _camera,
                _prompts,
                _noUpdate,
                _format,
            };
            _page.AddTo(command);
            _index.AddTo(command);
            _model.AddTo(command);
            command.SetVerb(Run);
            return command;
        }

        private int Run(ParseResult parsed, CancellationToken cancellationToken)
        {
            bool areDuplicates = parsed.GetValue(_duplicates);
            string[] terms = parsed.GetValue(_terms)!;
            SearchQuery query = Filter(parsed, areDuplicates ? WithoutTerms(parsed, terms) : Read(terms));
            string? page = _page.Read(parsed);
            using ClipEmbedder embedder = _model.LoadForOneAnswer(parsed, cancellationToken);
            using ImageIndex index = _index.Open(parsed, embedder);
            int broken = parsed.GetValue(_noUpdate) ? 0 : Update(index, cancellationToken);
            SearchPage? thumbnails = page is null ? null : new(page, index.IsOriented, cancellationToken);
            if (areDuplicates)
            {
                IReadOnlyList<DuplicateGroup> groups = index.FindDuplicates(query, cancellationToken);
                DuplicateWriter.Write(groups, parsed.GetValue(_format));
                thumbnails?.Write(groups);
            }
            else
            {
                IReadOnlyList<FoundImage> found = index.Search(query, _top.Read(parsed), cancellationToken);
                SearchWriter.Write(found, parsed.GetValue(_format));
                thumbnails?.Write(string.Join(' ', terms), found);
            }

            return broken == 0 ? ExitCode.Done : ExitCode.SomeFailed;
        }

        private static SearchQuery Read(string[] terms)
        {
            try
            {
                return SearchQuery.Parse(terms);
            }
            catch (FormatException problem)
            {
                throw new ArgumentException(problem.Message, problem);
            }
        }

        private SearchQuery WithoutTerms(ParseResult parsed, string[] terms) =>
            terms.Length > 0
                ? throw new ArgumentException($"--duplicates stands in place of terms; leave out '{terms[0]}', or --duplicates.")
            : parsed.GetResult(_threshold) is { Implicit: false } || parsed.GetResult(_prompts) is { Implicit: false }
                ? throw new ArgumentException("--threshold and --prompts are for terms; leave them out, or --duplicates.")
            : new();

        private SearchQuery Filter(ParseResult parsed, SearchQuery query)
        {
            PromptSource? source = parsed.GetValue(_prompts) is { } file ? PromptSource.Read(file) : null;
            return query with
            {
                Folder = parsed.GetValue(_folder),
                After = parsed.GetValue(_after),
                Before = parsed.GetValue(_before),
                Camera = parsed.GetValue(_camera),
                Threshold = parsed.GetValue(_threshold),
                Sentences = source is null ? null : words => SentencesOf(source, words),
            };
        }

        /// <summary>What a source says of words: what is written of them, and templates filled with them.</summary>
        private static string[] SentencesOf(PromptSource source, string words)
        {
            string[] sentences =
            [
                .. source.Templates.Select(template => template.Format(words)),
                .. source.Written is { } written && written.ClassNames.Contains(words, StringComparer.OrdinalIgnoreCase)
                    ? written[written.ClassNames.First(name => name.Equals(words, StringComparison.OrdinalIgnoreCase))]
                        .Select(static prompt => prompt.Text)
                    : [],
            ];
            return sentences.Length > 0
                ? sentences
                : throw new InvalidDataException($"{source.Name} says nothing of '{words}'; search without --prompts.");
        }

        /// <summary>
        /// A drive that is not connected costs a sentence, and nothing that the index knows of it. Where another process updates
        /// the index, or the disk is full, it is searched as it is.
        /// </summary>
        private static int Update(ImageIndex index, CancellationToken cancellationToken)
        {
            int broken = 0;
            if (index.Store.IsReadOnly)
            {
                Console.Error.WriteLine("The index cannot be written, and so it is searched as it is.");
                return broken;
            }

            foreach (string root in index.Roots)
            {
                try
                {
                    broken += IndexOptions.Update(index, root, known: null, cancellationToken).Broken.Count;
                }
                catch (DirectoryNotFoundException problem)
                {
                    Console.Error.WriteLine(problem.Message);
                }
                catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
                {
                    Console.Error.WriteLine($"{problem.Message} Until then it is searched as it is.");
                    return broken;
                }
            }

            return broken;
        }
    }
}
