using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cupola.Files;

namespace Cupola.Text;

/// <summary>
/// Writes CLIP's tokenizer as files for transformers: vocab.json and merges.txt, tokenizer.json with the same content plus
/// normalization and pre-tokenization, and tokenizer_config.json.
/// </summary>
internal static class TokenizerFolder
{
    /// <summary>CLIP's pattern, as in the hub's tokenizer.json.</summary>
    private const string Pattern = @"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    /// <summary>Tokens stay readable; these files are never part of a web page.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a tokenizer into an existing folder; each file is replaced atomically.</summary>
    public static void Write(string folder, TokenizerFiles tokenizer, int contextLength)
    {
        WriteJson(Path.Combine(folder, "vocab.json"), json => WriteVocabulary(json, tokenizer));
        AtomicFile.Write(Path.Combine(folder, "merges.txt"), stream =>
            stream.Write(
                Encoding.UTF8.GetBytes(
                    string.Concat(tokenizer.Merges.Prepend("#version: 0.2").Select(static line => line + "\n"))
                )
            )
        );
        WriteWhole(folder, tokenizer, contextLength);
    }

    /// <summary>Writes tokenizer.json and tokenizer_config.json alone, which are all that newer libraries need.</summary>
    public static void WriteWhole(string folder, TokenizerFiles tokenizer, int contextLength)
    {
        WriteJson(Path.Combine(folder, "tokenizer.json"), json => WriteWhole(json, tokenizer));
        WriteJson(Path.Combine(folder, "tokenizer_config.json"), json =>
        {
            json.WriteStartObject();
            json.WriteString("tokenizer_class", "CLIPTokenizer");
            json.WriteNumber("model_max_length", contextLength);
            json.WriteString("bos_token", ClipTokenizer.StartToken);
            json.WriteString("eos_token", ClipTokenizer.EndToken);
            json.WriteString("pad_token", ClipTokenizer.EndToken);
            json.WriteString("unk_token", ClipTokenizer.EndToken);
            json.WriteBoolean("do_lower_case", true);
            json.WriteEndObject();
        });
    }

    private static void WriteJson(string path, Action<Utf8JsonWriter> write) => AtomicFile.Write(path, stream =>
        {
            using Utf8JsonWriter json = new(stream, Readable);
            write(json);
        });

    private static void WriteVocabulary(Utf8JsonWriter json, TokenizerFiles tokenizer)
    {
        json.WriteStartObject();
        foreach ((string token, int id) in tokenizer.Vocabulary)
        {
            json.WriteNumber(token, id);
        }

        json.WriteEndObject();
    }

    private static void WriteWhole(Utf8JsonWriter json, TokenizerFiles tokenizer)
    {
        int start = IdOf(tokenizer, ClipTokenizer.StartToken),
            end = IdOf(tokenizer, ClipTokenizer.EndToken);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WritePropertyName("added_tokens");
        // The start token is searched after normalization, the end token before.
        json.WriteRawValue(
            $"[{Token(start, ClipTokenizer.StartToken, isNormalized: true)},\n "
                + $"{Token(end, ClipTokenizer.EndToken, isNormalized: false)}]"
        );
        json.WritePropertyName("normalizer");
        json.WriteRawValue(
            """{"type": "Sequence", "normalizers": [{"type": "NFC"}, """
                + """{"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]}"""
        );
        json.WritePropertyName("pre_tokenizer");
        string pattern = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Pattern);
        json.WriteRawValue(
            $$$"""
            {"type": "Sequence", "pretokenizers": [
             {"type": "Split", "pattern": {"Regex": "{{{pattern}}}"}, "behavior": "Removed", "invert": true},
             {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]}
            """
        );
        json.WritePropertyName("post_processor");
        json.WriteRawValue(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"type": "RobertaProcessing", "sep": ["{{ClipTokenizer.EndToken}}", {{end}}],"""
                    + $$""" "cls": ["{{ClipTokenizer.StartToken}}", {{start}}],"""
                    + $$""" "trim_offsets": false, "add_prefix_space": false}"""
            )
        );
        json.WritePropertyName("decoder");
        json.WriteRawValue("""{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""");
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteString("unk_token", ClipTokenizer.EndToken);
        json.WriteString("continuing_subword_prefix", "");
        json.WriteString("end_of_word_suffix", ClipTokenizer.EndOfWord);
        json.WriteBoolean("fuse_unk", false);
        json.WritePropertyName("vocab");
        WriteVocabulary(json, tokenizer);
        json.WriteStartArray("merges");
        foreach (string merge in tokenizer.Merges)
        {
            json.WriteStringValue(merge);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static int IdOf(TokenizerFiles tokenizer, string token) =>
        tokenizer.Vocabulary.First(entry => entry.Key == token).Value;

    private static string Token(int id, string content, bool isNormalized) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"id": {{id}}, "content": "{{content}}", "single_word": false, "lstrip": false, "rstrip": false, """
                + $$"""
                "normalized": {{(isNormalized ? "true" : "false")}}, "special": true}
                """
        );
}
