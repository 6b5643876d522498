# 批量操作：对许多记账失败记录的同一个动作，它的预览和报告。

batches = 批量操作
batches-none = 还没有批量操作
batches-none-text = 在列表中勾选记录，或选择符合筛选条件的全部记录；执行之前会先显示所选内容。

## 列表下方

tick-all = 勾选本页全部
tick-record = 勾选 { $id }
ticked-none = 未勾选
ticked-none-why = 未勾选：请勾选记录，或选择符合条件的全部
ticked-elsewhere = 其中 {"{"}n{"}"} 条在其他页
ticked-matching = 符合条件的全部 { $count } 条 · { $amount }
ticked-matching-many = 符合条件的全部记录
tick-clear = 全部取消勾选
ticked-one = 已勾选 {"{"}n{"}"} 条 · {"{"}amount{"}"}
ticked-other = 已勾选 {"{"}n{"}"} 条 · {"{"}amount{"}"}
tick-matching =
    { $number ->
       *[other] 或符合条件的全部 { $count } 条
    }
tick-matching-many = 或符合条件的全部记录
batch-begin-handle = 处理…
batch-begin-retry = 重试…
batch-begin-reopen = 重新打开…
batch-begin-delete = 删除…
filter-batch = 批量操作
chip-superseded = 仅已被取代的记录
filter-batch-outcome = 批量结果
chip-batch-outcome = 批量结果：{ $value }
error-batch-outcome = 只能是 accounted、failed_again、waiting、ended、not_done、new、unsorted 之一
error-batch-outcome-alone = 只能与批量操作一起使用
chip-batch = 批量操作：{ $value }

## 标题和状态

batch-title-handle =
    { $number ->
       *[other] 处理 { $count } 条记录
    }
batch-title-retry =
    { $number ->
       *[other] 重试记账 { $count } 条记录
    }
batch-title-reopen =
    { $number ->
       *[other] 重新打开 { $count } 条记录
    }
batch-title-delete =
    { $number ->
       *[other] 删除 { $count } 条记录
    }
batch-title-withdraw =
    { $number ->
       *[other] 撤回 { $count } 条重试
    }
batch-begin-withdraw = 撤回重试…
batch-wanted-withdraw = 将撤回
batch-promise-withdraw = 在平台尚未处理使用记录时撤回这些重试：使用恢复为记账失败，记录恢复为未处理。可以通过再次重试撤销。
batch-run-withdraw =
    { $number ->
       *[other] 撤回 { $count } 条重试，{ $amount }
    }
batch-done-withdraw = 已撤回
batch-title-supersede =
    { $number ->
       *[other] 以后续失败取代 { $count } 条记录
    }
batch-begin-supersede = 取代重复的失败记录…
batch-wanted-supersede = 将被取代
batch-promise-supersede = 这些记录的同一使用都有更新的未处理失败记录，由其取代：一次使用的金额只计一次。可以撤销。
batch-run-supersede =
    { $number ->
       *[other] 取代 { $count } 条记录，{ $amount }
    }
batch-done-supersede = 已取代
batch-title-settle =
    { $number ->
       *[other] 以已记账结清 { $count } 条记录
    }
batch-begin-settle = 关闭使用已记账的记录…
batch-wanted-settle = 将结清
batch-promise-settle = 以使用的已记账状态为凭据，将这些记录关闭为已记账。无法撤销。
batch-run-settle =
    { $number ->
       *[other] 结清 { $count } 条记录，{ $amount }
    }
batch-done-settle = 已结清
batch-restricted = 除非以下列方式关闭，否则跳过
batch-restricted-why = 可用方式及原因
batch-only-accounted = “重复记录”或“已退补客户”：使用已记账，已向客户收费。
batch-only-awaited = “重复记录”：平台会自行为这次使用记账。
batch-only-decided = “重复记录”：这次使用的另一条失败记录已经人工动过款项。
batch-no-newer = 其使用没有更新的未处理失败记录。
batch-state-preview = 预览
batch-state-running = 执行中
batch-state-waiting = 等待结果
batch-state-stopped = 已停止
batch-state-aborted = 已中止
batch-state-done = 已完成
batch-state-undoing = 撤销中
batch-state-undone = 已撤销

batch-made = { $name } 于 { $time } 生成预览快照
batch-ran = { $name } 于 { $time } 执行
batch-aborted-by = { $name } 于 { $time } 中止
batch-undone-by = { $name } 已撤销
batch-selection = 选择范围
batch-filter-now = 查看目前符合条件的记录
batch-ticked =
    { $number ->
       *[other] 勾选的 { $count } 条记录
    }
batch-ticked-short = 勾选的记录
batch-rest = 另一个批量操作未完成的部分
batch-rest-of = 查看该批量操作

## 预览

batch-frozen = 预览快照
batch-all =
    { $number ->
       *[other] 记录
    }
batch-wanted-handle = 将处理
batch-wanted-retry = 将重试
batch-wanted-reopen = 将重新打开
batch-wanted-delete = 将删除
batch-skipped = 将跳过
batch-skipped-why = 将跳过的记录及原因
batch-by-cause = 按失败原因类
batch-cause = 失败原因类
batch-other-causes = 其他原因类
batch-by-organisation = 按机构
batch-no-organisation = 无机构
batch-other-organisations = 其他机构
batch-sum = 合计
batch-column-why = 原因
batch-column-records = 记录数
batch-column-when = 时间
batch-column-what = 批量操作
batch-column-done = 已完成
batch-column-not-done = 未完成
batch-column-undone = 已撤销
batch-column-by = 操作人

batch-order = 执行
batch-order-correct = 更正内容
batch-viewer = 你可以查看此批量操作；执行需要操作员角色。
batch-promise-handle = 关闭这些记录，平台不再为它们收费。预览之后新增的记录和期间变动过的记录保持不变。可以撤销。
batch-promise-retry = 请求平台重新记账。确认使用已记账之前，记录保持未处理。
batch-promise-reopen = 重新打开这些记录。预览之后新增的记录和期间变动过的记录保持不变。可以撤销。
batch-promise-delete = 永久删除这些记录；审计记录保留每一条的完整内容。无法撤销。
batch-field-resolution = 处理结果
batch-field-note = 处理备注
batch-field-confirm-count = 记录数
batch-field-canary-size = 先重试条数
batch-field-canary-percent = 允许再次失败比例（%）
batch-confirm-help = 数量或金额较大。请输入 { $count } 以继续。
batch-run-handle =
    { $number ->
       *[other] 处理 { $count } 条记录，平台不再收取 { $amount }
    }
batch-run-retry =
    { $number ->
       *[other] 重试 { $count } 条记录，{ $amount }
    }
batch-run-reopen =
    { $number ->
       *[other] 重新打开 { $count } 条记录，{ $amount }
    }
batch-run-delete =
    { $number ->
       *[other] 删除 { $count } 条记录，{ $amount }
    }
batch-discard = 放弃此预览
batch-not-run =
    { $number ->
       *[other] 未执行：有 { $number } 个字段需要更正
    }

canary = 先试一部分
canary-help = 留空则一次全部重试。否则先重试这么多条；其中再次失败的比例不超过上限时，才继续其余记录。
canary-waiting =
    { $number ->
       *[other] 已先重试 { $count } 条记录，得知结果后再继续其余记录。
    }
canary-state = 先试 { $size } 条：{ $accounted } 条已记账，{ $failed } 条再次失败；允许失败 { $percent } %。
canary-stopped = 已停止：先试的 { $size } 条中，{ $failed } 条再次失败，{ $accounted } 条已记账；允许失败最多 { $percent } %。其余记录保持不变。

## 报告

batch-report = 报告
batch-working = 已办理 { $count } / { $total }。
batch-undoing = 已撤销 { $count } / { $total }。
batch-reload = 刷新
batch-progress = 进度
batch-done-handle = 已处理
batch-done-retry = 已请求重试
batch-done-reopen = 已重新打开
batch-done-delete = 已删除
batch-asked =
    { $number ->
       *[other] 已请求重试 { $count } 条记录，{ $amount }。结果如下：
    }
batch-outcome-accounted = 已记账
batch-outcome-failed-again = 再次失败
batch-outcome-waiting = 仍在等待
batch-outcome-ended = 其他结束
batch-outcome-not-done = 未请求
batch-outcome-new = 随后的失败记录
batch-outcome-unsorted = 快照时尚未归类
batch-outcomes-short = 已记账 { $accounted } · 再次失败 { $failed } · 等待 { $waiting } · 其他结束 { $ended }
batch-charged =
    { $number ->
       *[other] 已记账的 { $count } 条使用目前实收 { $amount }，成本 { $cost }。
    }
batch-charged-in-csv = 已记账的使用较多，实收金额请见 CSV。
batch-failed-again-by-cause = 再次失败，按新记录的失败原因类
batch-new-failures = 随后的失败记录
batch-column-new-failures = 新失败记录
batch-column-still-open = 仍未处理
batch-retry-failed-again =
    { $number ->
       *[other] 重试再次失败的 { $count } 条…
    }
batch-ended-withdrawn = 重试已撤回。
batch-ended-usage-gone = 使用记录已不存在。
batch-ended-archived = 使用记录未记账即被归档。
batch-ended-changed = 使用记录期间有变动。
batch-ended-deleted = 记录已被删除。
batch-ended-not-kept = 此次重试的结果没有保留。
batch-not-done = 未完成
batch-undone = 已撤销
batch-kept = 已有后续变动，保留
batch-left-of =
    { $number ->
       *[other] 其中 { $count } 条从未触及。
    }
batch-abort = 停止，保留其余记录
batch-undo =
    { $number ->
       *[other] 撤销 { $count } 条记录，{ $amount }
    }
batch-again = 对其余记录重新执行
batch-csv = 全部行的 CSV
batch-kept-rows = 未撤销的记录
batch-refused-rows = 未完成的记录及原因
flash-batch-aborted = 已停止，其余记录保持不变。

batch-gone = 记录已不存在。
batch-refused-by-database = 平台在数据库中设置的规则拒绝了它；请打开该记录单独操作，以查看数据库返回的原因。
batch-gone-by = 记录已被 { $name } 删除。
batch-changed = 记录期间有变动，并非通过本系统。
batch-changed-by = { $name } 期间修改了记录。
batch-usage-changed = 其使用期间有变动。
batch-moved-on = 记录此后有变动，并非通过本系统。
batch-moved-on-by = { $name } 此后修改了记录。
batch-left = 批量操作在此行之前结束，该行保持不变。

## 拒绝

batch-foreign = 此预览由 { $name } 创建，只有 { $name } 可以执行。要对同样的记录操作，请自行创建预览。未作任何改动。
batch-seen-changed = 页面显示之后，这次批量操作将做的事情已有变化。将处理：{ $wanted } 条，金额 { $amount }（页面显示为 { $wanted-before } 条，{ $amount-before }）。不处理：{ $left } 条（页面显示为 { $left-before } 条）。未做任何操作。请重新查看后再执行。
batch-seen-otherwise = 页面显示之后，这次批量操作将做的事情已有变化：数量和金额相同，但记录或改成的内容不同。未做任何操作。请重新查看后再执行。
batch-unseen = 表单没有说明看到的是怎样的预览。请重新查看后再执行。未做任何更改。
batch-nothing-to-do = 此批量操作的所有记录都会被跳过，没有可执行的内容。
batch-expired = 此预览快照已超过 7 天，内容可能早已过时。请重新选择。未作任何改动。
batch-was-aborted = 此批量操作已中止，不能再执行。可对其余记录重新发起。未作任何改动。
batch-is-running = 此批量操作已在进行中。未作任何改动。
batch-was-run = 此批量操作已执行过。未作任何改动。
batch-is-undoing = 此批量操作正在撤销。未作任何改动。
batch-has-ended = 此批量操作已结束。未作任何改动。
batch-not-undoable = 重试不能撤销，但可以撤回：在记录页面上，或在“重试中”标签页批量撤回。已删除或已结清的不能撤销。未作任何改动。
batch-was-undone = 此批量操作已撤销过。未作任何改动。
batch-not-ended = 此批量操作尚未结束。未作任何改动。
batch-nothing-to-undo = 此批量操作没有可撤销的内容。未作任何改动。
batch-undo-waits = 此批量操作更正的部分使用已重试记账，其重试仍在进行：平台随时可能按更正后的值记账。请先在“重试中”标签页撤回这些重试，或等待其结束，然后再撤销。未作任何改动。
batch-undo-later = 其重试结束后才能撤销：请在“重试中”标签页撤回这些重试，或等待其结束。
batch-no-rest = 此批量操作没有剩余记录。未作任何改动。
batch-rest-is-gone = 剩余的记录已不存在。未作任何改动。
error-batch-action = 只能是 handle、retry、withdraw、reopen、supersede、settle、correct、delete 之一
error-batch-scope = “filter” 表示符合条件的全部，不填表示勾选的记录
error-batch-empty = 未选择任何记录：请至少勾选一条，或使用有匹配记录的筛选条件
error-batch-too-many =
    { $limit ->
       *[other] 一次最多勾选 { $limit } 条记录；更多记录请选择符合筛选条件的全部
    }
error-batch-unknown-filter = 列表没有这个筛选条件
error-batch-count = 与上面显示的记录数不符
error-batch-between = { $least } 到 { $most } 之间的整数

source-batch = 批量操作
field-batch = 批量操作
field-batch-note = 处理备注
event-undo-handle = { $author } 撤销了处理
event-undo-supersede = { $author } 撤销了取代
event-undo-reopen = { $author } 撤销了重新打开
audit-kind-batch = 批量操作
audit-action-undo-handle = 撤销了处理
audit-action-undo-supersede = 撤销了取代
audit-action-undo-reopen = 撤销了重新打开
audit-action-run-batch = 执行了批量操作
audit-action-abort-batch = 中止了批量操作
audit-action-undo-batch = 撤销了批量操作
job-new-failures = 新失败记录
job-batch-outcomes = 批量重试的结果
job-batches = 批量操作

## 更正

batch-begin-correct = 更正…
batch-title-correct =
    { $number ->
       *[other] 更正 { $count } 条使用记录
    }
batch-wanted-correct = 将更正
batch-promise-correct = 更改这些使用记录的字段；失败记录保留当时登记的内容。期间有变动的记录保持原样。只要使用仍为记账失败且仍是更正后的内容，即可撤销。
batch-run-correct =
    { $number ->
       *[other] 仅更正 { $count } 条使用记录
    }
batch-run-correct-retry =
    { $number ->
       *[other] 更正并重试记账 { $count } 条，{ $amount }
    }
batch-done-correct = 已更正
batch-no-correction = 请先指明哪个字段改为什么。未作任何改动。
batch-field-set-llmid = 模型id
batch-field-map-llmid = 模型id逐行对照
batch-field-set-userid = 用户id
batch-field-map-userid = 用户id逐行对照
batch-field-set-userorgid = 机构id
batch-field-map-userorgid = 机构id逐行对照
batch-field-set-usages = 使用信息
batch-field-usages-from = 使用信息的来源
canary-of-correction = 仅用于“更正并重试记账”。
correct-batch-help = 留空的字段保持不变。预览会显示哪些内容改为什么；此时不会执行任何更改。
correct-present =
    { $number ->
       *[other] 现有 { $number } 种取值
    }
correct-all = 全部改为
correct-mapping = 或逐行对照
correct-mapping-help = 每行一对，如 A -> B，或 CSV 的两列。未列出的保持不变；“none”表示没有该id的使用。
correct-show = 显示更改内容
correct-changes = 更改内容
correct-field = 字段
correct-from = 现值
correct-to = 改为
correct-more =
    { $number ->
       *[other] 另有 { $number } 项金额较小的更改。
    }
correct-refused = 不能更正的记录及原因
correct-sample = 部分记录的完整更改
correct-usages-none = 空
correct-usages-null = 文本“null”
correct-usages-empty = 空对象
correct-usages-counts = 用量
correct-usages-other = 不是对象的 JSON
correct-usages-cut = 不是 JSON 的文本
event-undo-correct = { $author } 撤销了对使用的更正
audit-action-correct = 更正使用
audit-action-undo-correct = 撤销更正
field-correction = 更正内容
field-then-retry = 随即重试
error-json-texts = 须为文本的数组
error-batch-ids-and-query = ids 与 query 只能二选一
error-batch-query = 列表的查询字符串，如 handled=0&llmid=m1
error-correct-action = 只有 correct 批量操作可以带更正内容
