using System.Text.Json;
using Cupola.Prompts;

namespace Cupola.Tests.Prompts;

public sealed class ArticleTests
{
    [Theory]
    [InlineData(
        "an",
        "hour|hourglass|heirloom|honest mistake|honour|hors d'oeuvre|X-ray|FBI agent|SUV|MRI scanner|LED|iPod|8-ball|11|"
            + "18-wheeler|80s car|umbrella|unidentified object|usher|urchin|urn"
    )]
    [InlineData(
        "an",
        "éclair|Øresund bridge|\"apple\"|mp3 player|Xbox|yttrium crystal|A340-300|F/A-18|MD-87|SR-20|Audi R8|AM General Hummer|"
            + "oboe|ugly duckling|Uzbek|umami"
    )]
    [InlineData(
        "a",
        "unicorn|unicycle|European|eucalyptus|ewe|one-piece bathing suit|once-over|ouija board|UFO|USB stick|utensil|ukulele|"
            + "uranium rod|U-boat|university"
    )]
    [InlineData(
        "a",
        "horse|house|hotel|St. Bernard|Mr Bean|NASA rocket|RAM stick|FIAT 500|HUMMER H2|BMW X5|DC-3|CD player|T-shirt|TV|"
            + "xylophone|xoloitzcuintli|yak|747-100|110|1800|PhD|猫|"
    )]
    public void AnStandsBeforeAVowelThatIsHeard(string article, string words) =>
        Assert.All(words.Split('|'), each => Assert.Equal((article, each), (IndefiniteArticle.Before(each), each)));

    [Theory]
    [InlineData(
        "a",
        "tree frog|triceratops|hen of the woods mushroom|gas mask or respirator|Great Pyrenees dog|Malinois|praying mantis|"
            + "walrus|beer glass|bus|red wolf or maned wolf"
    )]
    [InlineData(
        "a",
        "bar of soap|glass of milk|Yorkshire Terrier|St. Bernard|King Charles Spaniel|Christmas stocking|bunting|crane|Boeing "
            + "737|turkey|moon|horse-drawn vehicle"
    )]
    [InlineData("an", "hour|X-ray|FBI agent|hourglass|African wild dog|indigo bunting|earring|awning|airplane_wing")]
    [InlineData("the", "Eiffel Tower|Statue of Liberty|Moon|Great Wall of China|United States|Mona Lisa|Golden Gate Bridge")]
    [InlineData(
        "",
        "jeans|binoculars|swim trunks / shorts|parallel bars|scissors|children|people|mashed potatoes|wool|guacamole|toilet "
            + "paper|chain mail|kayaking|macaroni and cheese"
    )]
    [InlineData(
        "",
        "Big Ben|Stonehenge|Paris|Japan|Albert Einstein|Marie Curie|Mount Everest|Mr. Bean|the Eiffel Tower|a cat|an hour|two "
            + "dogs|"
    )]
    public void AClassNameTakesItsArticle(string article, string names) =>
        Assert.All(names.Split('|'), each => Assert.Equal((article, each), (ClassArticle.For(each), each)));

    [Fact]
    public void OfTheThousandClassesOfImageNetTheseTakeNoArticle() =>
        Assert.Equal(
            "binoculars|chain mail|clogs|face powder|jeans|tights|pajamas|parallel bars|perfume|sunglasses|sunscreen|swim "
                + "trunks / shorts|wool|guacamole|consomme|ice cream|mashed potatoes"
                + "|broccoli|hay|carbonara|chocolate syrup|dough|red wine|eggnog|corn|toilet paper",
            string.Join('|', ImageNet().Where(name => ClassArticle.For(name).Length == 0).Distinct())
        );

    [Fact]
    public void OfTheThousandClassesOfImageNetTheseSoundOtherThanTheyAreWritten()
    {
        string[] surprising =
        [
            .. ImageNet()
                .Where(name =>
                    ClassArticle.For(name) is "a" or "an"
                    && ClassArticle.For(name) == "an" != "aeiou".Contains(char.ToLowerInvariant(name[0]))
                ),
        ];

        Assert.Equal(
            "European green lizard|European garden spider|European polecat|hourglass|one-piece bathing suit|unicycle",
            string.Join('|', surprising)
        );
    }

    private static string[] ImageNet() =>
        JsonSerializer.Deserialize<string[]>(File.ReadAllText(SharedFolder.Need("data", "imagenet", "imagenet_classes.json")))!;
}
