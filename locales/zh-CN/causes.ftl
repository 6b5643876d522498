# 失败原因类。

causes = 失败原因类
cause = 失败原因类
cause-no-reason = 没有失败原因
cause-unsorted = 尚未归类
causes-open = { $number } 个原因类有未处理的失败
causes-none = 还没有任何记账失败记录。
causes-too-many = 数量过多，此处不汇总；各原因类只在可行范围内计数。
causes-rank = 排序
causes-by-amount = 金额最多
causes-by-count = 条数最多
causes-by-newest = 最近发生
causes-by-oldest = 最早未处理
causes-page = 第 { $page } 页，共 { $pages } 页
causes-top = 此处金额最多的原因类
causes-all = 全部原因类

cause-state-new = 新
cause-state-known = 已知
cause-state-closed = 已关闭
cause-state-back = 再次出现

cause-open = 未处理
cause-all = 累计
cause-oldest = 最早未处理
cause-first = 首次出现
cause-last = 最近出现
cause-hits = 波及
cause-hits-models = { $number } 个模型
cause-hits-organisations = { $number } 个机构
cause-money = 金额
cause-wording = 原因模板
cause-wording-help = 每条记录各不相同的部分显示为 …
cause-newest = 最近的未处理记录
cause-all-open = 此原因类的全部未处理记录（{ $count } 条）
cause-models = 模型（未处理）
cause-organisations = 用户机构（未处理）
cause-siblings = 此原因类的全部未处理记录

cause-acts = 全部操作
cause-acts-open = 全部 { $count } 条未处理记录
cause-acts-handled = 已处理的记录
cause-act-handle = 处理…
cause-act-retry = 重试记账…
cause-act-delete = 删除…
cause-act-reopen = 重新打开…
cause-acts-help = 先显示预览：将做什么、涉及多少金额、哪些会跳过。

cause-note = 处置说明
cause-note-help = 纯文本；以 https:// 开头的地址会成为链接。
cause-no-note = 还没有说明。下次再发生时，同事应该怎么做？
cause-owner = 负责人
cause-owner-help = 由谁跟进此原因类。
cause-owner-is = 负责人 { $owner }
cause-standing = 状态
cause-standing-help = 已关闭表示问题已结束；若再次失败，会显示为再次出现。
cause-edit = 编辑说明、负责人和状态
cause-not-saved = 未保存：有 { $number } 处需要修改
standing-new = 新
standing-known = 已知
standing-closed = 已关闭
error-standing = 请选择一种状态
conflict-cause = 你读取之后，此原因类已被他人修改，现为第 { $revision } 版。请重新读取后再保存。未作任何改动。
flash-cause-saved = 原因类已保存。
field-owner = 负责人
field-cause-note = 处置说明
field-standing = 状态
audit-kind-cause = 失败原因类
may-causes-operator = 维护原因类的说明

spark = { $first } 至 { $last } 每日失败记录，共 { $count } 条
spark-too-many = 最近 30 天失败超过 20,000 条，不绘图。
chart-numbers = 图表数据
column-day = 日期
column-failures = 失败记录数

family-no-usage = 无使用信息
family-no-price = 无价格
family-price-engine = 计价程序
family-model = 模型
family-remote-centre = 远程中心
family-balance = 余额
family-database = 数据库
family-code = 程序代码
family-other = 其他
