namespace Cupola.Files;

/// <summary>The state of the quotation marks at the end of a record.</summary>
internal enum QuoteEnd
{
    /// <summary>Each opened quotation mark is closed.</summary>
    Closed,

    /// <summary>The last one is still open, so the record may continue on the next line.</summary>
    Open,

    /// <summary>One is where none is allowed.</summary>
    Misplaced,
}

/// <summary>
/// Splits records of CSV and TSV into fields without the white space around them, and joins fields to records. A field that
/// begins with a quotation mark ends with one, and two within it stand for one (RFC 4180).
/// </summary>
internal static class DelimitedFields
{
    private const char Quote = '"';

    /// <summary>Splits a record.</summary>
    /// <param name="record">One line, or several if a quoted field has line breaks.</param>
    /// <param name="separator">The separator of fields.</param>
    /// <param name="fields">Receives the fields; those with invalid quotation marks unchanged.</param>
    public static QuoteEnd Split(string record, char separator, List<string> fields)
    {
        fields.Clear();
        QuoteEnd result = QuoteEnd.Closed;
        for (int start = 0; ;)
        {
            int end = Next(record, separator, start, out string field, out QuoteEnd how);
            fields.Add(field);
            result = result == QuoteEnd.Closed ? how : result;
            if (end == record.Length)
            {
                return result;
            }

            start = end + 1;
        }
    }

    /// <summary>Splits a record in which quotation marks are ordinary characters.</summary>
    public static string[] SplitLiterally(string record, char separator) =>
        record.Split(separator, StringSplitOptions.TrimEntries);

    /// <summary>Joins fields to a record of CSV.</summary>
    public static string Join(IEnumerable<string> fields) => string.Join(',', fields.Select(QuoteWhereNeeded));

    /// <summary>A text without the quotation marks around it; unchanged if it has none.</summary>
    public static string Unquote(string text)
    {
        List<string> fields = [];
        return text.StartsWith(Quote) && Split(text, '\n', fields) == QuoteEnd.Closed ? fields[0] : text;
    }

    /// <summary>The field in quotation marks where it would be read as another one without them.</summary>
    private static string QuoteWhereNeeded(string field)
    {
        bool isPlain =
            field.AsSpan().IndexOfAny(",\"\r\n") < 0
            && (field.Length == 0 || (!char.IsWhiteSpace(field[0]) && !char.IsWhiteSpace(field[^1])));
        return isPlain ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The field that begins here, and the index of its end.</summary>
    private static int Next(string record, char separator, int start, out string field, out QuoteEnd how)
    {
        int first = SkipBlanks(record, separator, start);
        int plainEnd = record.IndexOf(separator, start) is >= 0 and int found ? found : record.Length;
        if (first == record.Length || record[first] != Quote)
        {
            field = record[start..plainEnd].Trim();
            how = field.Contains(Quote) ? QuoteEnd.Misplaced : QuoteEnd.Closed;
            return plainEnd;
        }

        int close = Closing(record, first);
        int end = close < 0 ? record.Length : SkipBlanks(record, separator, close + 1);
        if (close >= 0 && (end == record.Length || record[end] == separator))
        {
            field = record[(first + 1)..close].Replace("\"\"", "\"", StringComparison.Ordinal);
            how = QuoteEnd.Closed;
            return end;
        }

        field = record[start..plainEnd].Trim();
        how = close < 0 ? QuoteEnd.Open : QuoteEnd.Misplaced;
        return plainEnd;
    }

    /// <summary>The index of the closing quotation mark, or -1.</summary>
    private static int Closing(string record, int opening)
    {
        for (int index = opening + 1; index < record.Length; index++)
        {
            if (record[index] != Quote)
            {
                continue;
            }

            if (index + 1 == record.Length || record[index + 1] != Quote)
            {
                return index;
            }

            index++;
        }

        return -1;
    }

    private static int SkipBlanks(string record, char separator, int index)
    {
        while (index < record.Length && record[index] != separator && char.IsWhiteSpace(record[index]))
        {
            index++;
        }

        return index;
    }
}
