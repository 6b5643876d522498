# 每页的框架和各表单的用语。

app-name = llmage-admin
page-title = { $page } · llmage-admin

frame-skip = 跳到正文
frame-navigation = 主导航
frame-administration = 管理
frame-role = 角色：{ $role }
frame-zone = 时间均为 { $zone }
frame-printed = 由 { $name } 打印于 { $time }
frame-currency = 金额单位：{ $currency }
frame-version = llmage-admin { $version }

language = 语言
language-en = English
language-zh-cn = 中文
language-short-en = EN
language-short-zh-cn = 中文

nothing = 无
copy = 复制
copy-what = 复制 { $what }
copied = 已复制
cancel = 取消
save = 保存
choose = 请选择…
yes = 可以
no = 不可以

## 时长：“最早 3 天前”

just-now = 刚刚
age-now = 不到 1 分钟
age-minutes = { $number } 分钟
age-hours = { $number } 小时
age-days = { $number } 天

## 表单

field-required = 必填
summary-item = { $field }：{ $message }

error-required = 此项必填
error-characters = 数据库表的字符集存不下其中的某些字符，请去掉表情符号或生僻字
error-control-characters = 不能含控制字符，例如 id 中的制表符或换行
error-too-long = 最多 { $limit } 个字符
error-date = 请填写 1971 至 2037 年间的日期，例如 2026-05-22
error-time-gap = 夏令时切换跳过了这一时刻，不存在这样的时间
error-time = 请填写 1971 至 2037 年间的时间，例如 2026-05-22 14:03:00
error-time-zone = 时间按业务时区填写，不带 Z 或时差，例如 2026-05-22 14:03:00
error-money = 请填写普通数字，例如 0.00036 或 1200
error-money-decimals = 最多 5 位小数，例如 0.00036
error-money-negative = 不能小于零，不带负号
error-money-large = 不能超过 90000000000
error-money-not-kept = 数据库的列只能保存为 { $kept }：请减少小数位数
error-money-inexact = 金额过大，无法保留全部小数位，请减少小数位数
error-body = 表单没有完整送达，未作任何改动。
error-not-utf8 = 表单或地址不是有效的 UTF-8 文本，未作任何改动。
refreshes = 此页面会自动刷新。
refresh-stop = 停止刷新
refresh-off = 此页面不会自动刷新。
refresh-on = 恢复刷新
refresh-now = 立即刷新
merge-text = 你的改动还没有保存：你打开之后，又有人改动过。只有一方改过的内容会保留；双方都改过的，请逐项选择后保存。
ticked = 已勾选
not-ticked = 未勾选
