"""The sentences of generated questions in three languages, and what fills their holes. Knows no standard and asks nothing.

Stems stand here and not in the catalogue of translations: a question is one text in all languages, so that a paper can be read in any of
them and kept as it was, whatever the program says later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from orderway.standard.vocabulary import Duration, Text

LANGUAGES = ("en", "zh-Hans", "zh-Hant")

STEMS: Mapping[str, tuple[str, str, str]] = {
    "limit": ("How long may “{stage}” take?", "“{stage}”的时限是多长？", "「{stage}」的時限是多長？"),
    "warn": (
        "How much of its time limit is used when whoever has “{stage}” is reminded?",
        "“{stage}”用掉时限的多少时，系统提醒责任人？",
        "「{stage}」用掉時限的多少時，系統提醒負責人？",
    ),
    "told": (
        "Who is told when “{stage}” has used {percent} of its time limit?",
        "“{stage}”用时达到时限的 {percent} 时，通知谁？",
        "「{stage}」用時達到時限的 {percent} 時，通知誰？",
    ),
    "owner": ("Who answers for “{stage}”?", "“{stage}”由谁负责？", "「{stage}」由誰負責？"),
    "owned": ("Which of these does this role answer for: {role}?", "{role}负责下列哪个环节？", "{role}負責下列哪個環節？"),
    "criterion": (
        "Which of these does the gate of “{stage}” look at?",
        "“{stage}”的关卡审核下列哪一项？",
        "「{stage}」的關卡審核下列哪一項？",
    ),
    "waive": (
        "Who may waive this at “{stage}”: {criterion}?",
        "“{stage}”的审核项“{criterion}”可由谁特批放行？",
        "「{stage}」的審核項「{criterion}」可由誰特批放行？",
    ),
    "back_to": (
        "Where does a no at “{stage}” send the order?",
        "“{stage}”审核不通过时，订单退回哪个环节？",
        "「{stage}」審核不通過時，訂單退回哪個環節？",
    ),
    "at_most": (
        "How many times at most may “{stage}” send an order back?",
        "“{stage}”最多可以把一张订单退回几次？",
        "「{stage}」最多可以把一張訂單退回幾次？",
    ),
    "then": (
        "Who decides when “{stage}” has sent an order back too often?",
        "“{stage}”退回次数超限后，由谁决定？",
        "「{stage}」退回次數超限後，由誰決定？",
    ),
    "not_by": (
        "Who may not decide at “{stage}” of the same order?",
        "同一张订单的“{stage}”，谁不得审核？",
        "同一張訂單的「{stage}」，誰不得審核？",
    ),
    "signs": (
        "Who must sign at “{stage}” when {facts}?",
        "“{stage}”中，当{facts}时，须由谁签核？",
        "「{stage}」中，當{facts}時，須由誰簽核？",
    ),
    "row": (
        "At “{stage}”, what does the table {table} say when {facts}?",
        "“{stage}”中，当{facts}时，决策表 {table} 的结果是什么？",
        "「{stage}」中，當{facts}時，決策表 {table} 的結果是什麼？",
    ),
    "needs": (
        "Which document must be there before “{stage}” can end?",
        "“{stage}”结束之前必须具备哪份单据？",
        "「{stage}」結束之前必須具備哪份單據？",
    ),
    "makes": ("Which document is made at “{stage}”?", "“{stage}”产生哪份单据？", "「{stage}」產生哪份單據？"),
    "first": ("What is done first at “{stage}”?", "“{stage}”首先做什么？", "「{stage}」首先做什麼？"),
    "next": (
        "At “{stage}”, what is done right after “{step}”?",
        "“{stage}”中，做完“{step}”之后紧接着做什么？",
        "「{stage}」中，做完「{step}」之後緊接著做什麼？",
    ),
    "key": ("What is the key point of this step: {step}?", "“{step}”这一步的要点是什么？", "「{step}」這一步的要點是什麼？"),
    "proof": ("What proves that this was done: {step}?", "“{step}”以什么为凭证？", "「{step}」以什麼為憑證？"),
}

WORDS: Mapping[str, tuple[str, str, str]] = {
    "tick": ("a tick", "勾选", "勾選"),
    "number": ("a number", "填写的数字", "填寫的數字"),
    "choice": ("a choice from a list", "从列表中选定的一项", "從清單中選定的一項"),
    "photo": ("a photo", "照片", "照片"),
    "scan": ("a scan of the code", "扫码记录", "掃碼紀錄"),
    "file": ("a file", "上传的文件", "上傳的檔案"),
    "document": ("the document {name}", "单据：{name}", "單據：{name}"),
    "system": ("the system's own record", "系统自身的记录", "系統自身的紀錄"),
    "responsible": ("the person responsible", "责任人", "負責人"),
    "order_owner": ("the owner of the order", "订单负责人", "訂單負責人"),
    "standard_owner": ("the owner of the process", "流程负责人", "流程負責人"),
    "worked_on": ("whoever worked on “{stages}”", "办理过“{stages}”的人", "辦理過「{stages}」的人"),
    "anybody": ("nobody is barred", "没有限制，谁都可以", "沒有限制，誰都可以"),
    "nobody": ("nobody", "无须签核", "無須簽核"),
    "nobody_may": ("nobody", "谁都不可以", "誰都不可以"),
    "times": ("{n} times", "{n} 次", "{n} 次"),
    "once": ("once", "1 次", "1 次"),
    "is": ("{fact} is {value}", "{fact}为{value}", "{fact}為{value}"),
    "yes": ("yes", "是", "是"),
    "no": ("no", "否", "否"),
    "and": (", ", "、", "、"),
    "then_role": (", then ", "，再由", "，再由"),
}

FACTS: Mapping[str, tuple[str, str, str]] = {
    "order.total": ("the order total", "订单金额", "訂單金額"),
    "order.total_with_tax": ("the order total with tax", "订单含税金额", "訂單含稅金額"),
    "order.total_with_siblings": ("the total with the customer's orders of the week", "客户本周订单合计", "客戶本週訂單合計"),
    "order.discount": ("the discount in percent", "折扣（%）", "折扣（%）"),
    "order.margin": ("the margin in percent", "毛利率（%）", "毛利率（%）"),
    "order.new_customer": ("new customer", "新客户", "新客戶"),
    "order.channel": ("the channel", "来源渠道", "來源管道"),
    "customer.credit_left": ("the credit left", "剩余信用额度", "剩餘信用額度"),
    "customer.credit_limit": ("the credit limit", "信用额度", "信用額度"),
    "customer.overdue": ("the overdue amount", "逾期金额", "逾期金額"),
    "customer.blocked": ("customer blocked", "客户已冻结", "客戶已凍結"),
}

UNITS: Mapping[str, tuple[tuple[str, str], str, str]] = {
    "m": (("{n} minute", "{n} minutes"), "{n} 分钟", "{n} 分鐘"),
    "h": (("{n} hour", "{n} hours"), "{n} 小时", "{n} 小時"),
    "d": (("{n} working day", "{n} working days"), "{n} 个工作日", "{n} 個工作日"),
    "mo": (("{n} month", "{n} months"), "{n} 个月", "{n} 個月"),
    "y": (("{n} year", "{n} years"), "{n} 年", "{n} 年"),
}

Part = Text | str | int


def stem(name: str, /, **parts: Part) -> Text:
    """The sentence of this name in every language, its holes filled in that language."""
    return _filled(STEMS[name], parts)


def word(name: str, /, **parts: Part) -> Text:
    """A word or short phrase in every language."""
    return _filled(WORDS[name], parts)


def fact(name: str) -> Text:
    """What a fact is called; its name where the product knows no word for it."""
    return Text(tuple(zip(LANGUAGES, FACTS[name], strict=True))) if name in FACTS else same(name)


def same(text: str) -> Text:
    """A text that is the same in every language: a number, a name, a rule as written."""
    return Text(tuple((language, text) for language in LANGUAGES))


def duration(length: Duration) -> Text:
    """A time limit in words."""
    (one, several), hans, hant = UNITS[length.unit]
    number = f"{length.amount.normalize():f}"
    said = one if length.amount == Decimal(1) else several
    return Text(tuple((language, text.format(n=number)) for language, text in zip(LANGUAGES, (said, hans, hant), strict=True)))


def listed(texts: Iterable[Text], between: str = "and") -> Text:
    """Several texts one after the other, with the right stop between them."""
    parts = tuple(texts)
    stops = dict(zip(LANGUAGES, WORDS[between], strict=True))
    return Text(tuple((language, stops[language].join(part.in_language(language) for part in parts)) for language in LANGUAGES))


def complete(text: Text, languages: tuple[str, ...]) -> Text:
    """A text of the standard in all three languages; where one is missing, in the standard's first."""
    return Text(tuple((language, text.in_language(language, languages)) for language in LANGUAGES))


def _filled(sentences: tuple[str, str, str], parts: Mapping[str, Part]) -> Text:
    return Text(
        tuple(
            (language, sentence.format(**{name: _in(part, language) for name, part in parts.items()}))
            for language, sentence in zip(LANGUAGES, sentences, strict=True)
        )
    )


def _in(part: Part, language: str) -> str:
    return part.in_language(language) if isinstance(part, Text) else str(part)
