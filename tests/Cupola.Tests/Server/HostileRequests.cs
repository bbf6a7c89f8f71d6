using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cupola.Tests.Fuzzing;

namespace Cupola.Tests.Server;

/// <summary>Requests that nobody sends by mistake, of many kinds; the same numbers give the same requests.</summary>
internal static class HostileRequests
{
    private const int LargeBody = 100_000_000;

    private static readonly string[] Paths = ["/v1/embeddings", "/v1/classify", "/v1/search", "/vectorize", "/knn-service"];

    private static readonly string[] Valid =
    [
        """{"model":"flags","input":["a",{"text":"b"},{"image":"AAAA"}],"encoding_format":"base64","dimensions":0}""",
        """{"image":"AAAA","labels":["a","b"],"prompts":{"a":["b"]},"templates":["{}"],"top":5,"threshold":0.5}""",
        """{"terms":[{"text":"a","weight":-2},{"id":1}],"top":3,"offset":1,"in":"/a","after":"2021","camera":"b"}""",
        """{"texts":["a","b"],"images":["AAAA"]}""",
        """{"text":"a","num_images":3,"image":null}""",
        """{"inputs":"AAAA","parameters":{"candidate_labels":["a","b"],"hypothesis_template":"{}"}}""",
    ];

    private static readonly string[] PrivateAddresses =
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::]",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[fe80::1]",
        "[fd00::1]",
        "[64:ff9b::7f00:1]",
    ];

    private static readonly string[] Files =
    [
        "/etc/passwd",
        "../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/etc/passwd",
        "....//....//etc/passwd",
        "..\\..\\windows\\win.ini",
        "file:///etc/passwd",
        "%00",
        "index.html%00.png",
        "C:/Windows/win.ini",
        "//evil.example/a",
        "~/.ssh/id_rsa",
        "/proc/self/environ",
        "/dev/zero",
        "\\\\evil.example\\share",
    ];

    /// <summary>A body that is JSON in part, or another JSON than is asked for.</summary>
    public static HttpRequestMessage Malformed(Random random)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Valid[random.Next(Valid.Length)]);
        for (int change = random.Next(4); change >= 0; change--)
        {
            bytes = random.Next(2) == 0 ? JsonMutation.Change(bytes, random) : ByteMutation.Change(bytes, bytes, random);
        }

        return Json(Paths[random.Next(Paths.Length)], bytes);
    }

    /// <summary>JSON that is nested too deep, or has far too many parts.</summary>
    public static HttpRequestMessage Deep(Random random)
    {
        int count = random.Next(20, 100_000);
        string text = random.Next(4) switch
        {
            0 => $"{{\"input\":{new string('[', count)}{new string(']', count)}}}",
            1 => string.Concat(Enumerable.Repeat("{\"input\":", count)) + "1" + new string('}', count),
            2 => $"{{\"input\":[{string.Join(',', Enumerable.Repeat("\"a\"", 2049 + (count % 5000)))}]}}",
            _ => $"{{\"terms\":[{string.Join(',', Enumerable.Repeat("{\"text\":\"a\"}", 17 + (count % 5000)))}]}}",
        };
        return Json(Paths[random.Next(Paths.Length)], Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Images whose base64 is wrong, or whose bytes are no image.</summary>
    public static HttpRequestMessage WrongBase64(Random random)
    {
        byte[] bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        string text = Convert.ToBase64String(bytes);
        text = random.Next(5) switch
        {
            0 => text.Insert(random.Next(text.Length + 1), "€"),
            1 => $"data:image/png,{text}",
            2 => $"data:image/png;base64,{text[..(text.Length / 2)]}=",
            3 => $"data:image/svg+xml;base64,{Convert.ToBase64String("<svg/>"u8)}",
            _ => text,
        };
        return WithImage(text, random);
    }

    /// <summary>A hundred million bytes, whose number is said or not.</summary>
    public static HttpRequestMessage Large(Random random)
    {
        StreamContent content = new(new EndlessText(LargeBody)) { Headers = { ContentType = new("application/json") } };
        content.Headers.ContentLength = random.Next(2) == 0 ? LargeBody : null;
        HttpRequestMessage request = new(HttpMethod.Post, Paths[random.Next(Paths.Length)]) { Content = content };
        request.Headers.TransferEncodingChunked = content.Headers.ContentLength is null;
        return request;
    }

    /// <summary>Images that say, or have, far more pixels than bytes.</summary>
    public static HttpRequestMessage Bomb(Random random)
    {
        byte[] file = random.Next(4) switch
        {
            0 => Png(random.Next(8_000, 100_000), random.Next(8_000, 100_000), rows: 1),
            // Nine thousand rows that are really there.
            1 => Png(9_000, 9_000, rows: 9_000),
            2 => [.. "GIF89a"u8, 0xFF, 0xFF, 0xFF, 0xFF, 0xF7, 0, 0, .. new byte[800]],
            _ => Encoding.ASCII.GetBytes($"P6 {random.Next(10_000, 99_999)} {random.Next(10_000, 99_999)} 255\n"),
        };
        return WithImage(Convert.ToBase64String(file), random);
    }

    /// <summary>Paths where numbers, names and images stand.</summary>
    public static HttpRequestMessage Path(Random random)
    {
        string file = Files[random.Next(Files.Length)];
        return random.Next(8) switch
        {
            0 => new(HttpMethod.Get, $"/v1/images/{file}"),
            1 => new(HttpMethod.Get, $"/page/{file}"),
            2 => new(HttpMethod.Get, $"/v1/images/{random.NextInt64(long.MinValue, long.MaxValue)}/thumbnail?size={file}"),
            3 => WithImage(file, random),
            4 => Json("/v1/classify", new { image = "AAAA", labelSet = file }),
            5 => Json(
                "/v1/classify",
                new
                {
                    image = "AAAA",
                    labels = new[] { "a" },
                    prompts = file,
                }
            ),
            6 => Json("/v1/classify", new { image = "AAAA", classifier = file }),
            _ => Json("/v1/search", new { query = "#99999", @in = file }),
        };
    }

    /// <summary>Addresses that lead to this machine, or to its network.</summary>
    public static HttpRequestMessage PrivateAddress(Random random)
    {
        string host = PrivateAddresses[random.Next(PrivateAddresses.Length)],
            scheme = random.Next(2) == 0 ? "http" : "https";
        return WithImage(
            string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{random.Next(1, 65536)}/a.png"),
            random,
            mayBeForm: false
        );
    }

    private static HttpRequestMessage WithImage(string image, Random random, bool mayBeForm = true) =>
        random.Next(mayBeForm ? 6 : 5) switch
        {
            0 => Json("/v1/embeddings", new { input = new object[] { "a", new { image } } }),
            1 => Json("/v1/embeddings", new { input = new[] { image }, modality = "image" }),
            2 => Json("/v1/classify", new { image, labels = new[] { "a", "b" } }),
            3 => Json("/v1/search", new { terms = new[] { new { image } } }),
            4 => Json("/vectorize", new { images = new[] { image } }),
            _ => Form(image),
        };

    private static HttpRequestMessage Form(string image)
    {
        byte[] bytes = new byte[image.Length];
        bytes = Convert.TryFromBase64String(image, bytes, out int count) ? bytes[..count] : Encoding.UTF8.GetBytes(image);
        return new(HttpMethod.Post, "/predict")
        {
            Content = new MultipartFormDataContent
            {
                { new StringContent("""{"clip":{"visual":{"modelName":"flags"}}}"""), "entries" },
                { new ByteArrayContent(bytes), "image", "blob" },
            },
        };
    }

    private static HttpRequestMessage Json(string path, object value) => Json(path, JsonSerializer.SerializeToUtf8Bytes(value));

    private static HttpRequestMessage Json(string path, byte[] bytes)
    {
        ByteArrayContent content = new(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new(HttpMethod.Post, path) { Content = content };
    }

    /// <summary>A gray PNG that says how large it is, with some rows of zeros.</summary>
    private static byte[] Png(int width, int height, int rows)
    {
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        using MemoryStream pixels = new();
        using (ZLibStream zipped = new(pixels, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] row = new byte[width + 1];
            for (int index = 0; index < rows; index++)
            {
                zipped.Write(row);
            }
        }

        return
        [
            0x89,
            .. "PNG\r\n\u001a\n"u8,
            .. PngMutation.Chunk([.. "IHDR"u8], header),
            .. PngMutation.Chunk([.. "IDAT"u8], pixels.ToArray()),
            .. PngMutation.Chunk([.. "IEND"u8], []),
        ];
    }

    /// <summary>So many letters, without the memory for them.</summary>
    private sealed class EndlessText(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, read).Fill((byte)'[');
            _left -= read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
