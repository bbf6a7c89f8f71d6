using System.Globalization;
using System.Xml.Linq;
using Cupola.Images;
using Cupola.Reports;
using Cupola.Retrieval;

namespace Cupola.Cli;

/// <summary>A page of thumbnails of what a search found: one file, without scripts.</summary>
internal sealed class SearchPage(string file, bool orient, CancellationToken cancellationToken)
{
    /// <summary>The most images of a page; at about 10 kB each, they take 10 MB.</summary>
    private const int MostImages = 1000;

    private const int LongestSide = 280;

    /// <summary>Writes the page of a query's images.</summary>
    public void Write(string query, IReadOnlyList<FoundImage> found)
    {
        FoundImage[] shown = [.. found.Take(MostImages)];
        SayHowMany(shown.Length, found.Count);
        XElement[] cards =
        [
            .. Cards([.. shown.Select(static image => image.Path)], place =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"score {shown[place].Score:0.00} · cosine {shown[place].Cosine:0.000} · #{shown[place].Number}"
                )
            ),
        ];
        List<XElement> sections = [];
        Add("Likely", "These fit better than words that have nothing to do with the images.", isLikely: true);
        Add(
            "Unlikely",
            "Words that have nothing to do with these images fit them as well. They are the nearest there are, no more.",
            isLikely: false
        );
        if (shown.Length == 0)
        {
            sections.Add(HtmlPage.Section("Nothing", "The index holds no images that are as the search wants them."));
        }

        HtmlPage.Write(file, query, Count(found.Count, "image"), sections);

        void Add(string heading, string lead, bool isLikely)
        {
            XElement[] those = [.. cards.Where((_, place) => shown[place].IsLikely == isLikely)];
            if (those.Length > 0)
            {
                sections.Add(HtmlPage.Section(heading, lead, Grid(those)));
            }
        }
    }

    /// <summary>Writes the page of groups of duplicates.</summary>
    public void Write(IReadOnlyList<DuplicateGroup> groups)
    {
        List<XElement> sections = [];
        int shown = 0;
        foreach (IGrouping<DuplicateLevel, DuplicateGroup> level in groups.GroupBy(static group => group.Level))
        {
            List<XElement> grids = [];
            foreach (DuplicateGroup group in level.TakeWhile(_ => shown < MostImages))
            {
                DuplicateImage[] images = [.. group.Images.Take(MostImages - shown)];
                shown += images.Length;
                grids.Add(
                    Grid(
                        Cards([.. images.Select(static image => image.File.Path)], place =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"cosine {images[place].Cosine:0.000} · {images[place].File.Size:N0} bytes"
                            )
                        )
                    )
                );
                grids.Add(new XElement("hr"));
            }

            if (grids.Count > 0)
            {
                grids.RemoveAt(grids.Count - 1);
                sections.Add(HtmlPage.Section(DuplicateWriter.Heading(level.Key), $"{Count(level.Count(), "group")}.", grids));
            }
        }

        SayHowMany(shown, groups.Sum(static group => group.Images.Count));
        HtmlPage.Write(file, "Duplicates", Count(groups.Count, "group"), sections);
    }

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static XElement Grid(IEnumerable<XElement> cards) => HtmlPage.Element("div", "cards", cards);

    private void SayHowMany(int shown, int all)
    {
        if (shown < all)
        {
            Console.Error.WriteLine($"{file} shows the first {shown} of {all} images; fewer are found with --top or --in.");
        }
    }

    private XElement[] Cards(string[] paths, Func<int, string> line) =>
        [
            .. paths
                .Select(static (path, place) => (Path: path, Place: place))
                .AsParallel()
                .AsOrdered()
                .WithCancellation(cancellationToken)
                .Select(each => Card(each.Path, line(each.Place))),
        ];

    private XElement Card(string path, string line)
    {
        byte[]? jpeg = Thumbnail.ReadJpeg(KnownFile.SourceOf(path), orient, LongestSide, cancellationToken);
        return HtmlPage.Element(
            "div",
            "card",
            jpeg is null
                ? HtmlPage.Element("p", "missing", "The image could not be read again.")
                : HtmlPage.Image(jpeg, HtmlPage.Shortened(Path.GetFileName(path))),
            HtmlPage.Element("div", "says", HtmlPage.Element("b", null, line), HtmlPage.Element("p", "path", path))
        );
    }
}
