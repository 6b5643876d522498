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
