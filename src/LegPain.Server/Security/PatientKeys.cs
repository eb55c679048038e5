using System.Security.Cryptography;
using System.Text;
using LegPain.Journal;

namespace LegPain.Server.Security;

/// <summary>
/// Turns the caller's patient id into an opaque key, so that the id itself goes nowhere: no grain, span, log or row.
/// </summary>
/// <remarks>
/// The key is HMAC-SHA-256 of tenant and id with a secret of this installation, cut to 128 bits. Without the secret
/// nobody can find a patient again, so it must be backed up apart from the journal.
/// </remarks>
public sealed class PatientKeys
{
    /// <summary>The tenant of callers that are not told apart.</summary>
    public const string DefaultTenant = "default";

    private const int SecretBytes = 32;
    private const int KeyBytes = 16;

    private readonly byte[] _secret;

    /// <summary>Makes keys from a secret of 32 bytes.</summary>
    public PatientKeys(byte[] secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, SecretBytes);
        _secret = secret;
    }

    /// <summary>Reads the secret of a data folder, or makes it when the folder has no journal yet.</summary>
    /// <exception cref="JournalOpenException">
    /// The folder has a journal but no usable secret: its patients could not be found.
    /// </exception>
    public static PatientKeys InFolder(string folder, string journalFile)
    {
        var path = Path.Combine(folder, "patient-key.secret");
        if (!File.Exists(path))
        {
            if (File.Exists(journalFile))
            {
                throw new JournalOpenException(
                    $"{journalFile} is there but {path} is not. Restore the secret from its backup: "
                    + "without it no patient of this journal can be found.");
            }

            Directory.CreateDirectory(folder);
            WriteNew(path, RandomNumberGenerator.GetBytes(SecretBytes));
        }

        return FromFile(path);
    }

    /// <summary>Reads the secret of a cluster.</summary>
    /// <exception cref="JournalOpenException">The file is not a secret.</exception>
    public static PatientKeys FromFile(string path)
    {
        var secret = File.ReadAllBytes(path);
        return secret.Length == SecretBytes
            ? new(secret)
            : throw new JournalOpenException($"{path} is damaged: it must hold {SecretBytes} bytes.");
    }

    /// <summary>Returns what tells this secret from others and gives nothing of it away.</summary>
    public byte[] Fingerprint() => HMACSHA256.HashData(_secret, "legpain patient-key fingerprint"u8);

    /// <summary>Returns the key of a patient: 32 hexadecimal digits.</summary>
    public string Of(string tenant, string patient)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{tenant}\0{patient}"), hash);
        return Convert.ToHexStringLower(hash[..KeyBytes]);
    }

    private static void WriteNew(string path, byte[] secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(secret);
        file.Flush(flushToDisk: true);
    }
}
