# 平台账簿中关于一次使用的记账凭据。

ledger = 是否已向客户收费？
ledger-charged =
    { $number ->
        [1] 账簿中有一笔分录：已向客户收费
       *[other] 账簿中有 { $number } 笔分录：向客户重复收费
    }
ledger-no-entry = 账簿中没有分录
ledger-not-asked = 无法查询账簿：{ $why }。因此无法确定是否已向客户收费。
ledger-entry = 分录
ledger-time = 时间
ledger-help = 账簿此刻的记录；只读取，不写入。

## 重试可能已收费的记录

retry-charged = 账簿中已有该次使用的分录：已向客户收费。请改为按已收费关闭。
retry-charged-by = 账簿中已有该次使用的分录 { $entry }：已向客户收费。请不要重试，改为按已收费关闭。
outcome-checked = 我已核对：未向客户收费
error-outcome-unchecked = 出现此错误后，无法确定是否已向客户收费。请先核对，再勾选此项；或按已收费关闭此记录。
error-outcome-not-asked = 无法查询账簿：{ $why }。出现此错误后，无法确定是否已向客户收费。请先核对，再勾选此项。
error-outcome-value = 必须为“checked”，或不填写。
field-unknown-outcome = 是否已向客户收费
not-retried = 未重试：{ $number } 项需要更正
close-charged = 按已收费关闭，分录 { $entry }
close-charged-help = 不再重试，按“已在别处记账”关闭此记录。分录保存在备注和审计日志中。
close-charged-no-ledger = 没有设置如何查询账簿，无法用分录证明已收费。
close-charged-no-entry = 账簿中现在没有该次使用的分录：无法证明已向客户收费。
close-charged-not-asked = 无法查询账簿：{ $why }。因此无法证明已向客户收费。
close-charged-other = 账簿中现在的分录与您看到的不同。请查看最新内容。
flash-closed-charged = 已按在别处收费关闭 1 条记录，{ $amount }。
field-ledger = 账簿分录
field-entry = 分录
outcome-unchecked = 无法确定是否已向客户收费：请先核对，再勾选相应选项重试。
outcome-unchecked-failing = 无法确定是否已向客户收费，而且仍会失败。
batch-tested-charged = 已收费
batch-charged-entries = 账簿分录证明已收费：绝不重试
batch-field-with-unknown = 可能已收费的记录
batch-with-unknown =
    { $number ->
       *[other] 我已核对：未向客户收费。同时重试结果不明的 { $count } 条：{ $amount }
    }
batch-with-unknown-untested = 我已核对：未向客户收费。同时重试结果不明的记录
error-batch-all-unknown = 剩下的记录都无法确定是否已向客户收费：请先核对，再勾选此项。
field-ledger-not-asked = 无法查询账簿
