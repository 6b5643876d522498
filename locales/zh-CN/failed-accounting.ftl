# 记账失败记录：列表、详情和各表单。

failed-accounting = 记账失败记录
record = 记账失败记录
record-with-id = 记账失败记录 { $id }
record-failure = 录入失败记录

## 数据表的各列，用于表单、操作记录和冲突页

field-id = id
field-llmusageid = 使用记录id
field-llmid = 模型id
field-userid = 用户id
field-userorgid = 用户机构id
field-use-date = 使用日期
field-use-time = 使用时间
field-amount = 交易金额
field-cost = 交易成本
field-failed-reason = 失败原因
field-failed-time = 失败时间
field-retry-count = 重试次数
field-handled = 是否已处理
field-handled-time = 处理时间
field-handled-note = 处理备注
field-resolution = 处理结果
field-handled-by = 处理人
field-retry-requested-at = 重试发起时间
field-retry-requested-by = 重试发起人
field-supersedes = 接续自
field-superseded-by = 后续失败记录
field-usage-found = 找到使用记录
field-usage-accounting-status = 使用记录的记账状态
field-usage-amount = 使用记录的交易金额
field-usage-cost = 使用记录的交易成本
field-usage-archived = 使用记录已归档
field-seen-at = 确认时间
field-note = 重新打开的原因

column-failed = 失败时间
column-organisation = 用户机构
column-user = 用户
column-model = 模型
column-state = 状态
label-cost = 成本
label-retries = 重试
no-reason = 没有失败原因

state-open = 未处理
state-retrying = 重试中
state-stuck = 重试中，无进展
state-handled = 已处理
state-accounted = 已记账
state-superseded = 已被取代

resolution-accounted = 已记账
resolution-superseded = 已被取代
resolution-accounted-elsewhere = 已在别处记账
resolution-charged-manually = 已人工收费
resolution-written-off = 已核销
resolution-duplicate = 重复记录
resolution-test-traffic = 测试流量
resolution-customer-credited = 已退补客户
resolution-other = 其他

## 金额行和标签；|| 处放数字

money-count-open = { $count } 条未处理
money-count-retrying = { $count } 条重试中
money-count-handled = { $count } 条已处理
money-count-superseded = { $count } 条已被取代
money-count-all = 共 { $count } 条
money-amount = 交易金额 { $value }
money-cost = 交易成本 { $value }
money-oldest = 最早 { $age }前
money-exact = 统计全部条数和合计
money-unsearched = 未统计：数据库没有这段文字的索引，统计须逐条读取失败原因。

tabs = 状态
tab-open = 未处理
tab-retrying = 重试中
tab-handled = 已处理
tab-superseded = 已被取代
tab-all = 全部

## 筛选

filters = 筛选
filters-in-force = { $number } 项生效
filters-more = 更多筛选
filter = 筛选
filter-any = 不限
filter-none = 无
filter-wrong = { $number } 项筛选无法使用，已略去
filter-start-date = 使用日期从
filter-end-date = 使用日期到
filter-userorgid = 用户机构
filter-llmid = 模型
filter-userid = 用户
filter-llmusageid = 使用记录id
filter-cause = 失败原因类
filter-failed-from = 失败时间起
filter-retry-before = 重试发起早于
filter-changed = 变动
filter-changed-from = 变动起始时间
filter-changed-not-by = 操作人不是
filter-failed-to = 失败时间止
filter-q = 文字
filter-q-example = id 或失败原因中的文字
filter-amount-min = 交易金额从
filter-amount-max = 交易金额到
filter-resolution = 处理结果
filter-sort = 排序
filter-page-size = 每页行数
filter-handled = 状态
filter-superseded = 已被取代
filter-retrying = 状态
filter-after = 列表位置
filter-before = 列表位置

presets = 使用日期

sort-failed-time-down = 失败时间，新的在前
sort-failed-time-up = 失败时间，旧的在前
sort-use-time-down = 使用时间，新的在前
sort-use-time-up = 使用时间，旧的在前
sort-amount-down = 交易金额，大的在前
sort-amount-up = 交易金额，小的在前
sort-cost-down = 交易成本，大的在前
sort-cost-up = 交易成本，小的在前

chips = 生效的筛选
chips-clear = 全部清除
chip-remove = 去掉筛选：{ $filter }
chip-start-date = 使用日期：{ $value } 起
chip-end-date = 使用日期：至 { $value }
chip-organisation = 用户机构：{ $value }
chip-model = 模型：{ $value }
chip-user = 用户：{ $value }
chip-usage = 使用记录id：{ $value }
chip-text = 文字：{ $value }
chip-amount-min = 交易金额：{ $value } 起
chip-amount-max = 交易金额：至 { $value }
chip-cause = 失败原因类：{ $value }
filter-batch-cause = 选定时的失败原因类
chip-batch-cause = 选定时的失败原因类：{ $value }
chip-retry-before = 重试发起：早于 { $value }
changed-accounted = 已记账
changed-handled = 已处理
changed-reopened = 重新打开
chip-changed = 变动：{ $value }
chip-changed-from = 变动时间：{ $value } 起
chip-changed-not-by = 操作人不是 { $author }
chip-failed-from = 失败时间：{ $value } 起
chip-failed-to = 失败时间：至 { $value }
chip-resolution = 处理结果：{ $value }

error-handled = 0 为未处理，1 为已处理，留空为全部
error-superseded = 1 为仅已被取代的记录，否则不填
error-retrying = 1 为重试中，否则不填
error-changed = 应为 accounted、handled 或 reopened
error-resolution = 请从列出的处理结果中选择
error-sort = 请从列出的列中选择
error-page-size = 请填写 1 至 { $limit } 的整数
error-range-dates = 不能早于开始日期
error-range-amounts = 不能小于起始金额
error-cursor = 这个链接已失效，列表从第一页开始

## 列表下方

csv = CSV：{ $count } 行，{ $amount }
csv-all = CSV：本次筛选的全部行
csv-excel = CSV（Excel 用）
pages = 翻页
newer = 较新
older = 较旧
page-previous = 上一页
page-next = 下一页
searched = 目前只搜索了本次筛选中最新的 { $count } 行。
search-on = 继续搜索 { $count } 行

## 空列表；|| 处放时间

empty-never = 还没有记账失败
empty-never-text = 平台无法给一次模型使用记账时，会在这里写入一条记录。
empty-open = 没有未处理的记录
empty-open-last = 最近一次记账失败在 { $age }前。
empty-open-last-by = 最近一次记账失败在 { $age }前，由 { $name } 处理。
empty-retrying = 没有重试中的记录
empty-retrying-text = 每次重试都已有结果：已记账并关闭，或再次失败、恢复未处理。
empty-handled = 没有已处理的记录
empty-handled-text = 还没有关闭过任何记账失败记录。
empty-show-handled = 查看已处理的记录
empty-show-open = 查看未处理的记录
empty-match = 没有符合的记录
empty-match-open = 没有未处理的记录符合以上 { $number } 项筛选。
empty-match-retrying = 没有重试中的记录符合以上 { $number } 项筛选。
empty-match-handled = 没有已处理的记录符合以上 { $number } 项筛选。
empty-match-superseded = 没有符合以上筛选条件的已被取代的记录。
empty-match-all = 没有记录符合以上 { $number } 项筛选。
empty-clear = 清除筛选
empty-so-far = 目前没有找到
empty-so-far-text = 更早的行中可能还有符合的记录。
empty-page = 本页已没有记录
empty-page-text = 本页的记录在此期间被处理、重新打开或删除了。
empty-page-start = 回到第一页

## 一条记录

steps = 本次筛选中的记录
step-previous = 上一条
step-previous-key = 本次筛选中的上一条（快捷键 p）
step-next = 下一条
step-next-key = 本次筛选中的下一条（快捷键 n）
why = 失败原因
show-all = 显示全部
show-less = 收起
money = 金额
margin = 毛利
notes = 处理备注
notes-none = 还没有备注。

usage = 模型使用
usage-none = 此记录没有使用记录id。
usage-where = 所在
usage-live = 当前，llmusage 表
usage-archived = 已归档，在历史记录中
usage-archived-at = 已归档，备份时间 { $time }
usage-gone = 找不到：当前表和历史记录中都没有。
usage-tokens = 使用信息
usage-status = 状态
usage-status-succeeded = 成功
usage-status-failed = 失败
usage-status-unknown = 未知
usage-accounting = 记账状态
usage-accounting-created = 待记账
usage-accounting-accounted = 已记账
usage-accounting-failed = 记账失败
usage-amount = 使用记录的交易金额
usage-cost = 使用记录的交易成本

attempts = 这次使用的全部记账尝试
attempt-this = （本记录）
row-failures = ×{ $number }
row-failures-title = 这次使用有 { $number } 条失败记录

actions = 操作
actions-viewer = 你可以查看此记录。处理、重新打开和编辑需要操作员角色。
retry = 重试记账
retry-amount = 重试记账 { $amount }
retry-help = 请平台重新为这次使用记账。在确认已记账之前，此记录保持未处理。
retry-impossible = 不能重试记账。{ $why }
retry-handled = 此记录已处理。
retry-retrying = 此记录已在重试中。
retry-no-usage = 此记录没有使用记录id。
retry-gone = 当前表和历史记录中都找不到这次使用。
retry-archived = 这次使用已在历史记录中，平台不再为其记账。
retry-accounted = 这次使用已记账，已向客户收费。
retry-created = 这次使用本来就待记账，平台会自行处理。
retry-foreign = 这次使用的记账状态不是“记账失败”，或刚刚有变化。
retry-waits = 已请平台重新记账。平台的数据表有了结果后，此处会显示。
retry-stuck-advice = 平台很久没有处理这次使用。请检查平台的记账循环是否在运行，以及这次使用的状态是否为 SUCCEEDED（平台只处理这种状态）。之后可以继续等待，或撤回重试。
retry-since = 重试始于
retry-by = 发起人
withdraw = 撤回重试
withdraw-help = 平台尚未处理这次使用时可以撤回：它恢复为记账失败，此记录便可处理。
withdraw-not-retrying = 此记录没有进行中的重试。
withdraw-too-late = 这次使用已不在等待：平台已经处理，或有人改动。
conflict-retrying = 此记录正在重试，客户随时可能被收费。请先撤回重试，或等待结果。
handle = 处理，平台不再收费
handle-amount = 处理，平台不再收取 { $amount }
handle-then-next = 处理并打开下一条
handle-help = 关闭此记录，平台不会再为它向客户收费。
handle-note-help = 处理结果为“其他”时必填。
reopen = 重新打开
reopen-amount = 重新打开，{ $amount } 恢复未处理
reopen-note-help = 将取代现有备注，原备注保留在操作记录中。
reopen-impossible = 不能重新打开。{ $why }
edit = 编辑
delete = 删除…

conflict-already-open = 此记录本来就是未处理。
conflict-already-handled = 此记录已经处理过。
conflict-closed-as-accounted = 这次使用已记账，已向客户收费。
conflict-closed-as-superseded = 同一次使用有更新的记账失败记录取代了它。
conflict-recorded = 已有相同 id 的记账失败记录：请打开该记录，或换一个 id。
conflict-key-used = 同一时刻已有使用相同 Idempotency-Key 的请求被执行。请用相同的键重新发送，即可得到其结果。
case-moved = 此记录指向的使用记录刚刚变了，请重新载入页面。
case-retrying = 这次使用的另一条失败记录正在重试：客户随时可能被收费。请先撤回那次重试，或等待结果。
case-never-billed = 这次使用已处于待记账，但其状态平台从不处理：不会计费。请改为处理此记录。
case-awaited = 平台会自行为这次使用记账。请等待，或先为它录入失败记录，使其退出平台的循环。
case-accounted = 这次使用已记账：已向客户收费。请凭此结清此记录，或以“重复记录”“已退补客户”关闭。
case-decided = 这次使用的另一条失败记录已经人工动过款项。请以“重复记录”关闭此记录，或重新打开那一条。
case-older = 这次使用有更新的未处理失败记录，请处理那一条；此记录随之结束。
case-reopen-accounted = 这次使用已记账：已向客户收费。请结清此记录：以凭据取代原决定。
case-reopen-credited = 该用量已收费并已退补客户：事情已了结，不能重新打开。
case-in-the-way = 相关记录：
case-newest = 请改为处理这一条：
refused-edit = 未保存
typed-title = 你填写的内容
typed-help = 内容没有保存，仍需要的部分可在此复制。
gone-title = 没有这条记录
gone-text = 未作任何改动：没有此编号的记录。如果原先存在，则已被人删除；审计记录保留完整的一行。
case-waived = 这次使用的另一条失败记录已由 { $by } 以“{ $resolution }”关闭：
case-waived-nobody = 这次使用的另一条失败记录已以“{ $resolution }”关闭：
delete-retrying = 此记录正在重试：删除后无人会看到结果。请先撤回重试，或等待。
delete-decided = 此记录关闭时已人工动过款项。请先重新打开再删除。
settle = 凭已记账结清
settle-help = 这次使用已记账。以此凭据关闭此记录。
settle-twice = 客户被收费两次：人工一次，平台一次。请撤回人工收费，在此说明后结清。
settle-note = 人工收费如何处置
settle-not-accounted = 这次使用尚未记账：没有可结清的凭据。
settle-credited = 已退还客户，维持不变：无须结清。
settle-already = 此记录已以“已记账”关闭。
error-note-for-charged-twice = 请说明人工收费如何处置
flash-settled = 已结清：{ $amount } 已记账

## 操作记录；|| 处放操作人或时间

timeline = 操作记录
event-unknown = { $author } 更改了此记录
reason-masked = 文中的密钥和密码已遮盖为 ***。
reason-masked-admin = 管理员可以查看。
reason-show-secrets = 显示（将写入审计记录）
event-show-secret = { $author } 查看了被遮盖的密钥
event-create = { $author } 录入了此失败记录
event-import = { $author } 导入了此记录
event-edit = { $author } 编辑了此记录
event-handle = { $author } 处理了此记录
event-reopen = { $author } 重新打开了此记录
event-delete = { $author } 删除了此记录
event-retry = { $author } 发起重试记账
event-withdraw-retry = { $author } 撤回了重试
event-retry-accounted = { $author } 确认这次使用已记账，关闭了此记录
event-retry-superseded = { $author } 发现重试再次失败：较新的失败记录取代了此记录
event-retry-failed = { $author } 发现重试再次失败
event-retry-ended = { $author } 结束了重试：这次使用在此期间被改动或已不存在
event-carry-retries = { $author } 将此记录与前一条失败记录关联，并接续其重试次数
event-supersede = { $author } 让这次使用更新的失败记录取代了此记录
event-settle = { $author } 结清了此记录：这次使用已记账
event-platform = 平台记录了此失败
event-resolution = ：{ $resolution }
event-when = { $time } · { $source }
source-page = 页面
source-command = 命令行
source-api = API
source-job = 后台任务
source-unknown = 本系统的其他版本
changes = 改动内容
change-field = 字段
change-before = 改前
change-after = 改后

## 记录的表单

not-recorded = 未录入：{ $number } 项需要更正
not-saved = 未保存：{ $number } 项需要更正
not-handled = 未处理：{ $number } 项需要更正
not-reopened = 未重新打开：{ $number } 项需要更正

error-use-date-differs = 须与使用时间为同一天，或留空
error-resolution-open = 未处理的记录没有处理结果：请留空，或把状态选为已处理
error-resolution-by-app = 只由系统在确有依据时设定，请选择其他处理结果
error-note-for-other = 请说明如何处理：选择“其他”时备注必填

new-usage-help = 未能记账的那次模型使用。
new-date-help = 留空则取使用时间的日期。
new-time-example = 2026-05-22 14:03:00
new-save = 录入失败记录
amount-help = 应向客户收取的金额。
cost-help = 这次调用的成本。
reason-help = 平台给出的完整原文。

edit-record = 编辑记账失败记录
edit-no-resolution = 无
edit-resolution-help = 仅用于已处理的记录。

conflict = 期间已有改动
conflict-text = 你的改动还没有保存：你打开之后，此记录又有改动。只有一方改过的内容会保留；双方都改过的，请逐项选择后保存。
conflict-money = 尚未作出处理：你打开之后，此记录的金额又有改动。请看清现在的金额再保存。
conflict-yours-help = 已合并：在现在的内容之上加上你的改动。仍可修改。
clash-saw = 你打开表单时：
clash-now = 保留现在的：
clash-mine = 采用你的（即下方所填）：
clash-taken = 期间被改动、而你没有改过的内容，已保留：
clash-changed = 你打开页面之后的改动：
list-comma = 、
flash-merged = { $done }期间他人改动并保留：{ $fields }。
flash-retrying-unpriced = 正在重试 1 条记录。平台会重新计价；这次使用还没有金额。在确认已记账之前保持未处理。
retry-priced = 平台会重新计价。这次使用的上一次金额：{ $amount }。
retry-unpriced = 平台会重新计价。这次使用的上一次金额：无。
retry-other-money = 此记录为 { $record }，其使用为 { $usage }：重试以使用为准，而不是此记录。
money-of-usage = 使用的交易金额
cost-of-usage = 使用的交易成本
delete-unseen = 未作任何删除：表单没有说明你看到的内容。请在此查看后再确认。
delete-changed = 未作任何删除：你打开页面之后，此记录又有改动。请重新查看后再确认。
recorded-other = 这次没有录入：此表单之前已录入过一条内容不同的记账失败记录。要更正那一条，请编辑它；如果确实是另一次失败，请在下方录入。
recorded-before = 之前录入的
recorded-now = 这次填写的
recorded-open = 打开该记录
conflict-last = 操作记录中的最近一次改动：{ $name }，{ $time }；平台改动数据时不留记录。
conflict-yours = 将要保存的内容
conflict-keep = 保留现在的

delete-title = 删除这条记账失败记录？
about-failed = 失败于 { $time }
delete-lost = 将失去
delete-lost-row = 此记录从列表和 CSV 中消失。
delete-lost-open = 此记录从列表、合计和 CSV 中消失，未处理的交易金额减少 { $amount }。
delete-lost-handled = 此记录从列表、合计和 CSV 中消失，已处理的交易金额减少 { $amount }。
delete-lost-reminder = 此处不再有记录表明这次使用没有收费。
delete-kept = 会保留
delete-kept-row = 完整的一行，连同你的名字和时间，在审计记录中。
delete-kept-events = 操作记录中的 { $number } 条，在审计记录中。
delete-kept-usage = 这次模型使用本身，保持原样。
delete-kept-attempts = 同一次使用的另外 { $number } 条记账失败记录。
delete-instead = 如果只想不收费关闭并保留统计，请改为{ $link }。
delete-instead-link = 处理此记录
delete-do = 删除记录
delete-do-amount = 删除记录，{ $amount }
delete-keep = 保留

## 办理结果

flash-recorded = 已录入 1 条失败记录，{ $amount }。
flash-recorded-before = 这次没有录入：此失败记录（{ $amount }）之前已录入。其状态：{ $state }。
recorded-deleted = 这次没有录入：此表单之前录入的记账失败记录已被人删除，审计记录保留完整的一行。如果要再次录入，请重新提交下方表单。
flash-saved = 已保存 1 条记录，{ $amount }。
flash-handled = 已处理 1 条记录，{ $amount }。
flash-retrying = 正在重试 1 条记录。平台会重新计价；这次使用的上一次金额：{ $amount }。在确认已记账之前保持未处理。
flash-withdrawn = 已撤回 1 次重试，{ $amount } 恢复未处理。
flash-reopened = 已重新打开 1 条记录，{ $amount } 恢复未处理。
flash-deleted = 已删除 1 条记录，{ $amount }。审计记录保留完整的一行。

## 更正使用

correct = 更正使用
correct-help = 留空的字段保持不变。此记录保留当时登记的内容；更改显示在使用上。
correct-now = 现有使用信息：
correct-now-value = 现值：{ $value }
correct-now-named = 现值：{ $value }，{ $name }
correct-nothing = 空
correct-from-output = 取自保存的输出
correct-usages-help = JSON 对象，如 {"{"}"prompt_tokens": 412, "completion_tokens": 96{"}"}
correct-only = 仅更正
correct-and-retry = 更正并重试记账
field-set-llmid = 新的模型id
field-set-userid = 新的用户id
field-set-userorgid = 新的机构id
field-set-usages = 新的使用信息
field-usages-from = 使用信息的来源
field-then = 后续操作
not-corrected = 未更正：{ $number } 项需要更正
flash-corrected = 已更正 1 条记录的使用，现在可以重试记账。
flash-corrected-retrying = 已更正 1 条记录的使用，正在重试记账。在确认已记账之前保持未处理。
correct-changes-nothing = 使用的内容已与更正后相同，或没有对应的对照行。
correct-not-recovered = 保存的输出中没有可读取的使用信息。
correct-usage-changed = 页面显示之后有人更改了这次使用，请查看其现状。未作任何改动。
correct-unseen = 此表单没有说明当时看到的使用内容。请查看其当前内容后重新提交。未作任何改动。
error-not-correctable = 此处不能更正：{ $fields ->
        [none] 没有可更正的字段
       *[other] 只能更正 { $fields }
    }
error-correct-both = 二者择一：全部改为同一值，或逐行对照
error-correct-nothing = 请至少指明一个字段改为什么
error-correct-lines = 最多 { $limit } 行
error-correct-line = 第 { $line } 行不是一对id：请写作 A -> B
error-correct-id = 第 { $line } 行：id最多 32 个字符，且不含控制字符
error-correct-twice = 第 { $line } 行：{ $value } 重复出现
error-correct-none = 没有该id的使用无法记账：请填写id，或留空表示不更改
error-correct-none-of-line = 第 { $line } 行：更改后为空，而没有该id的使用无法记账：请填写id
error-usages-object = 非空的 JSON 对象，如 {"{"}"prompt_tokens": 412{"}"}
error-usages-from = 填 ioinfo 表示取自保存的输出，或留空
error-correct-then = 填 retry 表示随即重试记账，或留空
event-correct = { $author } 更正了这次使用
