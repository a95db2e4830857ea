// Which names java.nio.charset.Charset.forName knows.

/** True for a legal name of a charset that a Java 17 has. */
export function isJavaCharset(name: string): boolean {
  if (!/^[A-Za-z0-9][A-Za-z0-9.:_+-]*$/.test(name)) return false
  if (javaOnly.has(name.toUpperCase())) return true
  try {
    return new TextDecoder(name) !== undefined
  } catch {
    return false
  }
}

/** Names that Java has and the web's encoding list has not. */
const javaOnly = new Set(
  `UTF-16 UTF_16 UTF-16BE UTF-16LE X-UTF-16LE-BOM UTF-32 UTF_32 UTF-32BE UTF-32LE UTF_8 CESU-8 US-ASCII ASCII ISO646-US 646 ISO8859_1 ISO8859-1 ISO8859_15
  LATIN-9 ISO8859_2 CP1252 CP1251 CP1250 CP850 CP437 IBM850 IBM437 IBM037 CP037 IBM1047 CP1047 IBM500 IBM00858 CP858 CP273 IBM273 SJIS PCK EUC_JP EUCJIS MS932
  BIG5-HKSCS GB2312 EUC_CN MS936 X-MSWIN-936 KS_C_5601-1987 EUC_KR MS949 TIS-620 TIS620 X-WINDOWS-874 ISO-2022-CN KOI8_R KOI8_U`.split(
    /\s+/,
  ),
)
