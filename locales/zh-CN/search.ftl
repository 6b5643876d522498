# 各页的搜索。

search = 搜索
search-hint = id、名称或文字
search-about = 可输入任一种 id，或其中至少 { $number } 个字符；机构、模型或用户的名称；或失败原因中的文字。
search-none = 没有找到“{ $text }”
search-none-text = 没有 id、名称或失败原因含有这段内容，已归档的使用记录也已查找。
search-none-short = 没有与之完全相同的 id，也没有含有这段内容的名称或失败原因。查找 id 的一部分时，请至少输入 { $number } 个字符。
search-more = 可能还有更多：每种最多显示 { $number } 条，各表只查找了片刻。请输入更完整的 id。
search-words = 失败原因或 id 含有这段文字的失败记录
search-words-found = { $count } 条记录（各种状态），{ $amount }
search-words-look = 在列表中查看
search-names = 名称及其未处理金额
search-more-names = 另有 { $count } 个名称也包含该文字，请输入更多字符。
search-name = 名称
search-kind = 类别
search-when = 时间
search-live = 当前
search-archived = 已归档
may-search-viewer = 搜索 id、名称和文字
