"""Texts that try to be more than text, for everything that shows what people write."""

RIGHT_TO_LEFT = "\u202e"
ISOLATE = "\u2067"
ZERO_WIDTH = "\u200b"

TEXTS = {
    "script": "<script>document.title = 'owned'</script>",
    "image": '<img src=x onerror="document.title = 1">',
    "closing tags": "</div></li></ol></template><h1>나갔다</h1>",
    "entities": "&lt;b&gt; &amp; &#x3c;i&#x3e; &nbsp;",
    "attribute": "https://example.com/\"onmouseover=\"document.title=1 'x' `y`",
    "javascript link": "javascript:alert(1) JaVaScRiPt://x data:text/html,<b>x</b> vbscript:x",
    "link in brackets": "(https://example.com/a_(b)?c=1&d=2#e), https://example.com/.",
    "link with hidden signs": f"https://example.com/{RIGHT_TO_LEFT}gpj.exe https://exa{ZERO_WIDTH}mple.com/x",
    "two links": "https://a.example/https://b.example/ http://c.example",
    "right to left": f"앞 {RIGHT_TO_LEFT}엎치락뒤치락 {ISOLATE}끝",
    "hebrew and arabic": "שלום עולם 안녕 مرحبا بالعالم",
    "zero width": f"보이지{ZERO_WIDTH}않는\u2060글\ufeff자\u200d끝",
    "long word": "가나다라마바사" * 60 + "averyverylongwordwithoutanyspaces" * 20,
    "long link": "https://example.com/" + "x" * 900,
    "emoji": "👨‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇰🇷 ❤️ 1️⃣",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L",
    "jamo": "ㅎㅏㄴㄱㅡㄹ 한글 ㅋㅋㅋ",
    "lines": "첫 줄\n\n\n둘째 줄\n\t들여 쓴 줄\n  두 칸   세 칸 ",
    "separators": "줄\u2028구분 문단\u2029구분 줄\u00a0바꿈 없음",
    "code": "`<b>&amp;</b>` 그리고 `https://example.com/` 그리고 ``두 개``",
    "code block": "앞\n```\n<script>1</script>\n  https://example.com/ `x`\n\n끝\n```\n뒤",
    "code in one line": "```한 줄``` 뒤 ```둘``````셋```",
    "open code": "`열림 그리고 ```열린 칸\n`다음 줄`",
    "only fences": "`````` ``` ` ``",
    "template": "{{ user }} {% csrf_token %} ${document.title} {count}",
    "null": "null undefined NaN [object Object] __proto__ constructor",
    "json": '"],"op":"ack","position":"zzz"} \\u003cb\\u003e \\n',
    "regular expression": "^.*$ (a+)+$ [z-a] \\d $& $1",
    "mention of nobody": "@아무도 @ @@ @<b>",
    "half sign": "앞 \U0001f469 뒤 \U00020bb7野家",
}
