<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours;

use local_parcours\external\observe;
use local_parcours\external\publish;
use PHPUnit\Framework\Attributes\CoversClass;

#[CoversClass(observe::class)]
/**
 * What is published, read back: everything, or only what is new.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_parcours\external\observe
 * @covers     \local_parcours\external\publish
 * @covers     \local_parcours\local\observation
 * @covers     \local_parcours\local\document\changes
 * @covers     \local_parcours\local\emitter
 * @covers     \local_parcours\local\rights
 */
final class observation_test extends \advanced_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        set_config('enablecompletion', 1);
        set_config('enableavailability', 1);
    }

    /**
     * Publishes a session of one page.
     *
     * @param string $code
     * @param string $title of the page
     * @return array the result
     */
    private function publish(string $code, string $title = 'Accueil'): array {
        $completion = ['tracking' => 'automatic', 'view' => true];
        return json_decode(publish::execute(json_encode([
            'format' => 'parcours-publication/1',
            'code' => $code,
            'categories' => [['idnumber' => 'parcours', 'name' => 'Formation']],
            'course' => [
                'shortname' => $code, 'fullname' => $code, 'summary' => '', 'startdate' => 0, 'enddate' => 0, 'visible' => true,
            ],
            'sections' => [['id' => 's1', 'name' => 'Première section']],
            'activities' => [[
                'idnumber' => "$code/accueil", 'section' => 's1', 'module' => 'page', 'name' => $title,
                'completion' => $completion, 'settings' => ['content' => '<p>Bienvenue</p>'],
            ]],
            'snapshot' => ['code' => $code, 'titre' => $title],
        ])), true);
    }

    /**
     * Asks the service.
     *
     * @param array $query
     * @return array
     */
    private function ask(array $query): array {
        return json_decode(observe::execute(json_encode(['format' => 'parcours-query/1'] + $query)), true);
    }

    /**
     * What is known after an answer.
     *
     * @param array $answer
     * @return array
     */
    private static function known(array $answer): array {
        return array_map(fn($one) => ['code' => $one['code'], 'mark' => $one['mark']], $answer['sessions']);
    }

    public function test_what_was_published_is_read_back_and_again_changes_nothing(): void {
        $this->assertContains('A-1/accueil', $this->publish('A-1')['created']);
        $again = $this->publish('A-1');
        $this->assertSame([[], []], [$again['created'], $again['updated']]);
        [$session] = $this->ask(['code' => 'A-1', 'content' => true])['sessions'];
        $this->assertSame('Accueil', $session['activities'][0]['name']);
        $this->assertTrue($session['activities'][0]['completion']['view']);
    }

    public function test_only_what_is_new_is_told(): void {
        $this->publish('A-1');
        $this->publish('B-1');
        $first = $this->ask(['changes' => new \stdClass()]);
        $this->assertSame(['A-1', 'B-1'], array_column($first['sessions'], 'code'));
        $known = self::known($first);
        $quiet = $this->ask(['changes' => ['known' => $known]]);
        $this->assertSame([[], ['A-1', 'B-1'], null], [$quiet['sessions'], $quiet['unchanged'], $quiet['next']]);
        $this->getDataGenerator()->create_and_enrol(get_course($first['sessions'][1]['course']['id']));
        $then = $this->ask(['changes' => ['known' => $known]]);
        $this->assertSame(['B-1'], array_column($then['sessions'], 'code'));
        $this->assertSame(['A-1'], $then['unchanged']);
        $this->publish('A-1', 'Bienvenue');
        $this->assertContains('A-1', array_column($this->ask(['changes' => ['known' => $known]])['sessions'], 'code'));
    }

    public function test_each_stage_of_a_session_is_told_with_its_mark(): void {
        $this->publish('A-1');
        $known = self::known($this->ask(['changes' => new \stdClass()]));
        $stages = ['prepared' => [0, true], 'opened' => [0, false], 'archived' => [1, false], 'reopened' => [0, false]];
        $said = ['prepared' => ['prepared' => true], 'opened' => ['prepared' => false],
            'archived' => ['archived' => true], 'reopened' => ['archived' => false]];
        foreach ($stages as $name => $expected) {
            $document = ['format' => 'parcours-publication/1', 'code' => 'A-1'] + $said[$name];
            publish::execute(json_encode($document));
            $answer = $this->ask(['changes' => ['known' => $known]]);
            $known = self::known($answer);
            $this->assertArrayNotHasKey('prints', $answer['sessions'][0]['publication']);
            ['archived_at' => $archived, 'prepared' => $prepared] = $answer['sessions'][0]['publication'];
            $this->assertSame($expected, [(int) ($archived > 0), $prepared], $name);
        }
        publish::execute(json_encode(['format' => 'parcours-publication/1', 'code' => 'A-1']));
        [$session] = $this->ask(['code' => 'A-1', 'content' => true])['sessions'];
        $this->assertSame([0, false], [$session['publication']['archived_at'], $session['publication']['prepared']]);
    }

    public function test_sessions_come_some_at_a_time(): void {
        foreach (['C-1', 'A-1', '10', 'B-1'] as $code) {
            $this->publish($code);
        }
        $codes = [];
        $changes = ['limit' => 3];
        do {
            $answer = $this->ask(['changes' => $changes]);
            $codes = array_merge($codes, array_column($answer['sessions'], 'code'));
            $changes['after'] = $answer['next'];
        } while ($answer['next'] !== null);
        $this->assertSame(['10', 'A-1', 'B-1', 'C-1'], $codes);
    }

    public function test_how_the_site_sends_statements_is_told_without_its_secrets(): void {
        $this->assertArrayNotHasKey('emitter', $this->ask([]));
        if (!get_config('logstore_xapi', 'version')) {
            $this->assertNull($this->ask(['emitter' => true])['emitter']);
            return;
        }
        set_config('endpoint', 'https://nom:secret-1@lrs.exemple.fr:8443/chemin/?cle=secret-2', 'logstore_xapi');
        set_config('username', 'secret-3', 'logstore_xapi');
        set_config('password', 'secret-4', 'logstore_xapi');
        set_config('maxbatchsize', 500, 'logstore_xapi');
        set_config('sendidnumber', 1, 'logstore_xapi');
        $answer = $this->ask(['emitter' => true]);
        $this->assertStringNotContainsString('secret', json_encode($answer));
        $this->assertSame('https://lrs.exemple.fr:8443', $answer['emitter']['endpoint']);
        $this->assertSame([500, true], [$answer['emitter']['batch'], $answer['emitter']['idnumbers']]);
    }

    public function test_what_the_account_may_do_is_told_by_role_and_place(): void {
        global $DB;
        $this->assertArrayNotHasKey('capabilities', $this->ask([]));
        $this->publish('A-1');
        $category = \context_coursecat::instance($DB->get_field('course_categories', 'id', ['idnumber' => 'parcours']));
        $generator = $this->getDataGenerator();
        $user = $generator->create_user();
        $roleid = $generator->create_role(['shortname' => 'service']);
        assign_capability('local/parcours:observe', CAP_ALLOW, $roleid, \context_system::instance());
        core_role_set_assign_allowed($roleid, $DB->get_field('role', 'id', ['shortname' => 'student']));
        $names = ['local/parcours:observe', 'moodle/course:create', 'mod/inconnu:addinstance', 'moodle/course:create'];
        $this->setUser($user);
        $nothing = ['category' => null, 'roles' => [], 'assignable' => [], 'held' => []];
        $told = $this->ask(['capabilities' => $names])['capabilities'];
        $this->assertSame(['unknown' => ['mod/inconnu:addinstance'], 'places' => [$nothing]], $told);
        role_assign($roleid, $user->id, $category->id);
        $this->assertSame([[
            'category' => ['idnumber' => 'parcours', 'name' => 'Formation'],
            'roles' => ['service'], 'assignable' => ['student'], 'held' => ['local/parcours:observe'],
        ]], $this->ask(['capabilities' => $names])['capabilities']['places']);
    }

    public function test_too_many_capabilities_are_refused(): void {
        $names = array_map(fn(int $number) => "mod/page:c$number", range(1, 201));
        $this->assertCount(200, $this->ask(['capabilities' => array_slice($names, 1)])['capabilities']['unknown']);
        $this->expectException(local\invalid_document::class);
        $this->ask(['capabilities' => $names]);
    }

    public function test_a_stranger_is_not_told_how(): void {
        $this->setUser($this->getDataGenerator()->create_user());
        $this->expectException(\required_capability_exception::class);
        $this->ask(['emitter' => true]);
    }
}
