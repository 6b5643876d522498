# 告警：规则、历史，以及 Webhook 与邮件的内容。

alerts = 告警
alerts-none = 还没有规则
alerts-none-text = 规则可监视未处理金额、新原因、漏收率、归档或重试：触发时通知一次，恢复时再通知一次。
alert-rules = 规则
alert-new = 新建规则
alert-looked = 每半分钟检查一次规则。超过阈值才触发，等于阈值不触发。

alert-kind-choose = 选择监视对象…
alert-kind-open-amount = 未处理金额：全部未处理失败记录的金额
alert-kind-new-cause = 新原因：此前从未出现的失败原因
alert-kind-leakage-money = 漏收率（按金额）：最近一小时失败金额的占比
alert-kind-leakage-count = 漏收率（按笔数）：最近一小时失败笔数的占比
alert-kind-archive-failed = 归档：执行失败
alert-kind-stuck-retries = 滞留重试：已发起但平台长时间未处理
alert-kind-likely-fixed = 可能已修复：现在重试会成功的未处理金额

alert-rule-open-amount = 未处理金额超过 { $threshold }
alert-rule-new-cause = 出现新的失败原因
alert-rule-leakage-money = 最近一小时失败金额占比超过 { $threshold }%
alert-rule-leakage-count = 最近一小时失败笔数占比超过 { $threshold }%
alert-rule-archive-failed = 归档执行失败
alert-rule-stuck-retries = 滞留重试超过 { $threshold } 条
alert-rule-likely-fixed = 可能已修复的金额超过 { $threshold }

alert-column-rule = 规则
alert-column-state = 状态
alert-column-value = 当前值
alert-column-told = 通知到
alert-column-when = 时间
alert-column-what = 事件
alert-column-said = 内容
alert-column-deliveries = 投递
alert-state-firing = 告警中
alert-state-quiet = 正常
alert-state-off = 已关闭
alert-state-new = 尚未检查
alert-since = 自 { $time }
alert-read = 读取于 { $time }
alert-nowhere = 无
alert-to-webhook = Webhook { $place }
alert-to-mail = 邮件 { $place }
alert-to-unset = （未设置）
alert-test = 发送测试
alert-test-rule = 发送测试：{ $rule }
alert-test-told = 测试已送达
alert-test-not-told = 测试未能全部送达
alert-enable = 启用
alert-disable = 关闭
alert-delete = 删除此规则…
alert-delete-title = 删除此规则
alert-delete-lost = 规则本身：不再通知任何人
alert-delete-kept = 它的历史；待投递的通知仍会投递
alert-delete-do = 删除规则

alert-field-kind = 监视对象
alert-field-threshold = 阈值
alert-field-told = 通知方式
alert-field-to-webhook = Webhook
alert-field-webhook-url = Webhook 地址
alert-field-to-mail = 邮件
alert-field-mail-to = 邮件地址
alert-field-version = 规则
alert-threshold-help = 未处理金额：金额，如 1000。漏收率：百分比，如 2.5。滞留重试：条数，如 0。新原因与归档留空。
alert-webhook-help = 例如 https://hooks.example.com/llmage。
alert-webhook-help-set = 留空则使用统一设置：{ $place }。
alert-mail-help = 多个地址用英文逗号分隔。
alert-mail-help-set = 留空则使用统一设置：{ $place }。
alert-not-saved =
    { $number ->
       *[other] 未保存：有 { $number } 个字段需要更正
    }

alert-destinations = 可用的通知渠道
alert-channel-webhook = Webhook
alert-channel-mail = 邮件
alert-webhook-off = 未启用：请设置 LLMAGE_WEBHOOK_SECRET，并设置 LLMAGE_WEBHOOK_URL 或在各规则中填写地址。
alert-webhook-own = 由各规则填写自己的地址。
alert-webhook-public = 带签名；仅限公网地址。
alert-webhook-private = 带签名；允许内网地址。
alert-mail-off = 未启用：请设置 LLMAGE_SMTP_URL、LLMAGE_MAIL_FROM 和 LLMAGE_MAIL_TO。
alert-mail-to = 收件人 { $to }
alert-links = 链接
alert-links-off = 通知中不含链接：请设置 LLMAGE_PUBLIC_URL。

alert-history = 历史
alert-history-none = 还没有触发过告警。
alert-older = 更早
alert-newest = 最新
alert-what-fired = 触发
alert-what-recovered = 恢复
alert-what-test = 测试
alert-delivery-waiting = 待投递
alert-delivery-delivered = 已送达
alert-delivery-given-up = 已放弃
alert-attempts = 已尝试 { $number } 次，最多 { $most } 次
alert-next = 下次 { $time }

alert-reply-status = 返回 { $code }
alert-reply-status-text = 返回 { $code }：{ $text }
alert-reply-taken = 邮件服务器已接收
alert-reply-private = 未调用：该域名指向内网地址 { $address }。如需允许，请设置 LLMAGE_WEBHOOK_PRIVATE=true。
alert-reply-unset = 未发送：未设置 { $setting }
alert-reply-silent = { $seconds } 秒内没有应答
alert-reply-error = { $text }

alert-say-test = 告警测试
alert-say-test-about = 没有发生异常，这是对下列规则的测试：
alert-say-open-amount = 未处理金额 { $reading }，超过 { $threshold }
alert-say-open-amount-over = 未处理金额为 { $reading }，不再超过 { $threshold }
alert-say-leakage-money = 最近一小时失败金额占 { $reading }%，超过 { $threshold }%
alert-say-leakage-money-over = 最近一小时失败金额占 { $reading }%，不再超过 { $threshold }%
alert-say-leakage-count = 最近一小时失败笔数占 { $reading }%，超过 { $threshold }%
alert-say-leakage-count-over = 最近一小时失败笔数占 { $reading }%，不再超过 { $threshold }%
alert-say-new-cause = 新的失败原因：{ $title }
alert-say-new-cause-without-reason = 新的失败原因：没有失败原因
alert-say-new-causes = 出现 { $number } 个新的失败原因
alert-say-archive-failed = { $cutoff } 之前使用记录的归档执行失败
alert-say-archive-failed-over = 归档已恢复：{ $cutoff } 之前的使用记录已归档
alert-say-stuck-retries = { $number } 条重试滞留，超过 { $threshold } 条
alert-say-stuck-retries-over =
    { $number ->
        [0] 已没有滞留的重试
       *[other] { $number } 条重试滞留，不再超过 { $threshold } 条
    }
alert-say-likely-fixed = 可能已修复：{ $reading } 现在重试会成功，超过 { $threshold }
alert-say-likely-fixed-over = 可能已修复：{ $reading } 现在重试会成功，不再超过 { $threshold }
alert-line-fixed = { $number } 条未处理的失败记录现在重试会成功。系统不会自动重试。
alert-line-open = { $number } 条未处理的失败记录
alert-line-failed = { $of } 条使用记录中有 { $number } 条失败
alert-line-cause = { $title }
alert-line-no-reason = 没有失败原因
alert-line-more = 另有 { $number } 个
alert-line-archive = { $text }

error-alert-kind = 请选择监视对象
error-alert-amount = 金额，最多 5 位小数，如 1000
error-alert-percent = 0 到 100 的百分比，最多 2 位小数，如 2.5
error-alert-count = 0 到 { $limit } 的整数
error-alert-no-threshold = 新原因与归档没有阈值，请留空
error-alert-no-secret = 没有签名密钥则不调用 Webhook：请设置 LLMAGE_WEBHOOK_SECRET 后重新启动
error-alert-no-url = 请填写地址，因为未设置 LLMAGE_WEBHOOK_URL
error-alert-no-mail = 没有邮件服务器：请设置 LLMAGE_SMTP_URL 和 LLMAGE_MAIL_FROM 后重新启动
error-alert-no-address = 请填写地址，因为未设置 LLMAGE_MAIL_TO
error-webhook-url = 以 https:// 或 http:// 开头的地址，最多 2,000 个字符，不含 #
error-webhook-password = 地址中不能含用户名和密码：内容已有签名
error-webhook-private = 须为公网地址；如需允许内网地址，请设置 LLMAGE_WEBHOOK_PRIVATE=true
error-mail-to = 至少一个、最多 { $limit } 个地址
error-mail-address = “{ $address }”不是邮件地址。多个地址用英文逗号分隔。

alert-conflict-many = 最多 { $limit } 条规则：请先删除一条
alert-conflict-changed = 打开之后此规则已有变动，请核对后再保存。未作任何改动。
alert-not-deleted = 没有删除：你打开页面之后，此规则已有变动。请先查看现在的内容，再删除。
alert-conflict-nowhere = 此规则没有通知方式：请编辑并勾选 Webhook 或邮件。未发送测试。
alert-conflict-tested = 刚刚测试过此规则，请等待 { $seconds } 秒后再试。未发送测试。
flash-alert-made = 规则已创建并启用，半分钟内开始检查。
flash-alert-changed = 规则已修改。
flash-alert-on = 规则已启用。关闭期间发生的不再通知。
flash-alert-off = 规则已关闭。
flash-alert-deleted = 规则已删除，历史保留。

overview-firing = { $number } 条告警正在触发

job-alerts = 检查告警规则
job-alert-deliveries = 投递告警通知
job-audit-head = 通报审计记录的末端
job-audit-watch = 核对审计记录是否完好
may-alerts-admin = 管理告警规则并查看通知历史
audit-kind-alert-rule = 告警规则
audit-kind-trail = 审计记录
audit-action-create-alert = 新建告警规则
audit-action-change-alert = 修改告警规则
audit-action-enable-alert = 启用告警规则
audit-action-disable-alert = 关闭告警规则
audit-action-delete-alert = 删除告警规则
audit-action-test-alert = 测试告警规则
audit-action-seal-trail = 将审计记录绑定到校验链
field-kind = 类型
field-threshold = 阈值
field-to-webhook = Webhook
field-webhook-url = Webhook 地址
field-to-mail = 邮件
field-mail-to = 收件人
field-is-on = 启用
